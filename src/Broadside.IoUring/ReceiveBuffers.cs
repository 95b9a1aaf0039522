using System.Diagnostics;
using Broadside.IoUring.Interop;

namespace Broadside.IoUring;

/// <summary>
/// A channel's receive buffers: taken from the arena when something is first received, offered to the kernel, and more of them as
/// they run short. One that a handler retains is replaced, and offered again once it is free.
/// </summary>
internal sealed unsafe class ReceiveBuffers : IDisposable
{
    public const ushort Group = 0;

    private const int BufferLength = 64 * 1024;
    private const int InitialCount = 8;
    private const int MaximumCount = 256;

    // A retained buffer is usually free again a moment later; beyond so many the channel lets go and takes others from the arena.
    private const int MaximumRetained = 64;
    private const int RetainedLooks = 4;

    private readonly Arena _arena;
    private readonly ProvidedBufferRing _ring;
    private readonly SharedBuffer?[] _buffers = new SharedBuffer?[MaximumCount];
    private readonly int[] _filled = new int[MaximumCount];
    private readonly Stack<ushort> _vacant = new(MaximumCount);
    private readonly Queue<SharedBuffer> _retained = new(MaximumRetained);
    private int _target;

    public ReceiveBuffers(Ring ring, Arena arena)
    {
        _arena = arena;
        _ring = new ProvidedBufferRing(ring, Group, MaximumCount, incremental: true);
        for (var id = MaximumCount - 1; id >= 0; id--)
        {
            _vacant.Push((ushort)id);
        }
    }

    /// <summary>Buffers the kernel has or is filling.</summary>
    public int Count => MaximumCount - _vacant.Count;

    /// <summary>As <see cref="Count"/>, with those that handlers retain and that the channel still knows.</summary>
    public int HeldCount => Count + _retained.Count;

    /// <summary>Sees to it that there are buffers to receive into; false when there is no memory for even one.</summary>
    public bool TryPrepare()
    {
        if (Count == 0)
        {
            Fill(Math.Max(_target, InitialCount));
        }

        return Count > 0;
    }

    /// <summary>Adds buffers after the kernel found none; false when there can be no more now.</summary>
    public bool TryGrow()
    {
        var before = Count;
        Fill(Math.Min(Math.Max(before, InitialCount) * 2, MaximumCount));
        return Count > before;
    }

    /// <summary>The buffer into which bytes were received, and where in it they begin. <see cref="Return"/> follows.</summary>
    public SharedBuffer Take(in CompletionEntry completion, out int offset)
    {
        var id = completion.BufferId;
        offset = _filled[id];
        if ((completion.Flags & CompletionFlags.BufferMore) != 0)
        {
            _filled[id] = offset + Math.Max(completion.Result, 0);
        }

        Debug.Assert(_buffers[id] is not null);
        return _buffers[id]!;
    }

    /// <summary>Offers the buffer of a completion again, or another in its place, unless the kernel is not through with it.</summary>
    public void Return(in CompletionEntry completion)
    {
        if ((completion.Flags & CompletionFlags.BufferMore) != 0)
        {
            return;
        }

        var id = completion.BufferId;
        var buffer = _buffers[id]!;
        if (!buffer.IsShared)
        {
            Provide(id, buffer);
            return;
        }

        Retain(buffer);
        _buffers[id] = null;
        if (TryFind(out var other))
        {
            Provide(id, other);
        }
        else
        {
            _vacant.Push(id);
        }
    }

    /// <summary>Gives the memory back. No receive may be pending.</summary>
    public void Dispose()
    {
        _ring.Dispose();
        foreach (var buffer in _buffers)
        {
            buffer?.Release();
        }

        while (_retained.TryDequeue(out var buffer))
        {
            buffer.Release();
        }
    }

    private void Fill(int target)
    {
        _target = target;
        while (Count < target && TryFind(out var buffer))
        {
            Provide(_vacant.Pop(), buffer);
        }
    }

    private void Provide(ushort id, SharedBuffer buffer)
    {
        _buffers[id] = buffer;
        _filled[id] = 0;
        _ring.Provide(buffer.Extent.Pointer, BufferLength, id);
    }

    private void Retain(SharedBuffer buffer)
    {
        if (_retained.Count == MaximumRetained)
        {
            _retained.Dequeue().Release();
        }

        _retained.Enqueue(buffer);
    }

    /// <summary>A retained buffer that has become free, or a new one.</summary>
    private bool TryFind(out SharedBuffer buffer)
    {
        for (var looks = Math.Min(RetainedLooks, _retained.Count); looks > 0; looks--)
        {
            buffer = _retained.Dequeue();
            if (!buffer.IsShared)
            {
                return true;
            }

            _retained.Enqueue(buffer);
        }

        return SharedBuffer.TryRent(_arena, BufferLength, out buffer!);
    }
}
