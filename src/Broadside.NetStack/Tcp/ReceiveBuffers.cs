using System.Diagnostics.CodeAnalysis;

namespace Broadside.NetStack.Tcp;

/// <summary>Buffers that received bytes are put into, shared by a stack's connections. A few that are free are kept at hand.</summary>
internal sealed class ReceiveBuffers(Arena arena) : IDisposable
{
    public const int BufferLength = 16 * 1024;

    private const int MaximumKept = 64;

    private readonly Stack<SharedBuffer> _free = new(MaximumKept);

    /// <summary>Takes a buffer; false if the arena has no room.</summary>
    public bool TryRent([NotNullWhen(true)] out SharedBuffer? buffer) =>
        _free.TryPop(out buffer) || SharedBuffer.TryRent(arena, BufferLength, out buffer);

    /// <summary>Takes a buffer back; who still refers to it keeps it.</summary>
    public void Return(SharedBuffer buffer)
    {
        if (!buffer.TryReclaim() || _free.Count == MaximumKept)
        {
            buffer.Release();
        }
        else
        {
            _free.Push(buffer);
        }
    }

    public void Dispose()
    {
        while (_free.TryPop(out var buffer))
        {
            buffer.Release();
        }
    }
}
