using Broadside.Channels;

namespace Broadside.Bench.Workers.Channels;

/// <summary>A send with memory of its own, used again and again.</summary>
internal sealed class EchoBatch(Arena arena) : SendBatch
{
    private Extent _memory;

    /// <summary>The next of those that wait on a connection.</summary>
    public EchoBatch? Next { get; set; }

    public void Fill(ReadOnlySpan<byte> bytes)
    {
        if (_memory.Length < bytes.Length)
        {
            if (!_memory.IsEmpty)
            {
                arena.Free(_memory);
            }

            _memory = arena.Allocate(bytes.Length);
        }

        bytes.CopyTo(_memory.Span);
        Clear();
        Add(_memory.Slice(0, bytes.Length));
    }
}
