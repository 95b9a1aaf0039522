using System.Buffers;
using System.Runtime.InteropServices;
using Broadside.Records;

namespace Broadside.Connections;

/// <summary>
/// A record of which only the beginning has arrived: its bytes in memory of its own, and how far its framer got. Pooled; a
/// connection between two records has none.
/// </summary>
internal sealed class PartialReceive
{
    private const int SmallestExtent = 256;

    private readonly List<Extent> _extents = [];
    private readonly ReusableSegment _head = new();
    private readonly ReusableSegment _tail = new();
    private Arena _arena = null!;
    private int _filled;
    private int _fullBytes;
    private FramerState _state;

    /// <summary>Bytes of the record received.</summary>
    public int Length => _fullBytes + _filled;

    /// <summary>Whether the transport is filling the record's memory.</summary>
    public bool IsReceivingInto { get; set; }

    private Extent Last => _extents[^1];

    /// <summary>Takes over what was received of a record whose framer wants at least <paramref name="more"/> bytes.</summary>
    public static PartialReceive Start(ReadOnlySpan<byte> bytes, int more, in FramerState state, Arena arena)
    {
        var first = arena.Allocate((int)Math.Clamp((long)bytes.Length + more, SmallestExtent, Arena.MaximumExtent));
        var partial = Pool.Rent<PartialReceive>();
        partial._arena = arena;
        partial._extents.Add(first);
        partial._state = state;
        bytes.CopyTo(first.Span);
        partial._filled = bytes.Length;
        return partial;
    }

    /// <summary>Frames what is here followed by <paramref name="next"/>.</summary>
    public FrameResult Frame(IRecordFramer framer, Extent next) => framer.TryFrame(Join(next), ref _state);

    /// <summary>Appends bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var room = Room(bytes.Length);
            var take = Math.Min(room.Length, bytes.Length);
            bytes[..take].CopyTo(room.Span);
            Advance(take);
            bytes = bytes[take..];
        }
    }

    /// <summary>Memory for the next bytes of the record, at most <paramref name="wanted"/>; keeps the record in one run while it can be.</summary>
    public Extent Room(int wanted)
    {
        if (_extents.Count == 1 && wanted > Last.Length - _filled && _filled + (long)wanted <= Arena.MaximumExtent)
        {
            Grow(_filled + wanted);
        }
        else if (_filled == Last.Length)
        {
            var next = _arena.Allocate(Math.Clamp(wanted, SmallestExtent, Arena.MaximumExtent));
            _fullBytes += _filled;
            _filled = 0;
            _extents.Add(next);
        }

        return Last.Slice(_filled, Math.Min(wanted, Last.Length - _filled));
    }

    /// <summary>Counts bytes that were put into the memory given by <see cref="Room"/>.</summary>
    public void Advance(int bytes) => _filled += bytes;

    /// <summary>The record is whole: hands its memory over.</summary>
    public RecordEntry Complete()
    {
        var length = Length;
        CollectionsMarshal.AsSpan(_extents)[^1] = Last.Slice(0, _filled);
        var body = RecordEntry.Own(_arena, CollectionsMarshal.AsSpan(_extents), length);
        _extents.Clear();
        Recycle();
        return body;
    }

    /// <summary>The record will never be whole.</summary>
    public void Discard()
    {
        foreach (var extent in _extents)
        {
            _arena.Free(extent);
        }

        _extents.Clear();
        Recycle();
    }

    private void Grow(int atLeast)
    {
        var larger = _arena.Allocate(Math.Min(Math.Max(atLeast, Last.Length * 2), Arena.MaximumExtent));
        Last.Span[.._filled].CopyTo(larger.Span);
        _arena.Free(Last);
        _extents[0] = larger;
    }

    private ReadOnlySequence<byte> Join(Extent next)
    {
        if (_extents.Count > 1)
        {
            var all = CollectionsMarshal.AsSpan(_extents).ToArray();
            all[^1] = Last.Slice(0, _filled);
            return ExtentSequence.Join(next.IsEmpty ? all : [.. all, next]);
        }

        var head = Last.Memory[.._filled];
        if (next.IsEmpty)
        {
            return new ReadOnlySequence<byte>(head);
        }

        _head.Set(head, 0, _tail);
        _tail.Set(next.Memory, head.Length, null);
        return new ReadOnlySequence<byte>(_head, 0, _tail, next.Length);
    }

    private void Recycle()
    {
        _filled = _fullBytes = 0;
        _state = default;
        IsReceivingInto = false;
        _head.Set(default, 0, null);
        _tail.Set(default, 0, null);
        Pool<PartialReceive>.Return(this);
    }

    private sealed class ReusableSegment : ReadOnlySequenceSegment<byte>
    {
        public void Set(ReadOnlyMemory<byte> memory, long runningIndex, ReusableSegment? next)
        {
            Memory = memory;
            RunningIndex = runningIndex;
            Next = next;
        }
    }
}
