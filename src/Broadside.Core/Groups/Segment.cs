using System.Diagnostics;
using System.Numerics;

namespace Broadside.Groups;

/// <summary>
/// A piece of a log: small records' bytes side by side, so that a run of them is one extent, and an entry for every record.
/// Appended to under the log's lock, read by channels without one.
/// </summary>
/// <remarks>
/// Counted references: one of the log while it is the last, and one of each channel until its members have passed it.
/// </remarks>
internal sealed class Segment
{
    /// <summary>A log's first segment, so that ten thousand sparse groups stay small.</summary>
    public const int SmallestSize = 256;

    /// <summary>The size that follows the first one, and the least once a log is busy.</summary>
    public const int BusySize = 4 * 1024;

    public const int LargestSize = 256 * 1024;

    private const int SmallestShift = 8;
    private const int ClassCount = 11;
    private const int BytesPerEntry = 96;
    private const int PooledBytesPerClass = 8 * 1024 * 1024;

    private static readonly SegmentPool[] Pools = [.. Enumerable.Range(0, ClassCount)
        .Select(sizeClass => new SegmentPool(PooledBytesPerClass >> (SmallestShift + sizeClass)))];

    private readonly int _sizeClass;
    private Arena _arena = null!;
    private int _entryCount;
    private int _references;
    private Segment? _next;

    private Segment(int sizeClass)
    {
        _sizeClass = sizeClass;
        Size = SmallestSize << sizeClass;
        Entries = new LogEntry[Size / BytesPerEntry];
    }

    public int Size { get; }

    public int SizeClass => _sizeClass;

    public Extent Bytes { get; private set; }

    public LogEntry[] Entries { get; }

    /// <summary>Made when the first conditional record comes.</summary>
    public EntryConditions[]? Conditions { get; private set; }

    /// <summary>Bytes taken; under the append lock.</summary>
    public int Used { get; private set; }

    /// <summary>Entries reserved. Final once <see cref="Next"/> is set.</summary>
    public int EntryCount => Volatile.Read(ref _entryCount);

    public Segment? Next => Volatile.Read(ref _next);

    public static Segment Rent(Arena arena, int atLeast, int references)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(atLeast, SmallestSize, LargestSize));
        var sizeClass = BitOperations.Log2((uint)size) - SmallestShift;
        var bytes = arena.AllocatePlain(size);
        var segment = Pools[sizeClass].TryTake() ?? new Segment(sizeClass);
        segment._arena = arena;
        segment.Bytes = bytes;
        segment._references = references;
        return segment;
    }

    public bool HasRoom(int inlineLength) => Used + inlineLength <= Size && _entryCount < Entries.Length;

    /// <summary>Reserves the next entry; under the append lock. It is not to be read before its commit.</summary>
    public int Reserve(int inlineLength)
    {
        Debug.Assert(HasRoom(inlineLength));
        var index = _entryCount;
        Entries[index].Offset = Used;
        Used += inlineLength;
        return index;
    }

    /// <summary>Shows the entry reserved last to readers, who wait for its commit.</summary>
    public void Publish() => Volatile.Write(ref _entryCount, _entryCount + 1);

    public ref EntryConditions ConditionsOf(int index)
    {
        Conditions ??= new EntryConditions[Entries.Length];
        return ref Conditions[index];
    }

    public void Append(Segment next) => Volatile.Write(ref _next, next);

    public void AddReference() => Interlocked.Increment(ref _references);

    public void Release()
    {
        var references = Interlocked.Decrement(ref _references);
        Debug.Assert(references >= 0);
        if (references == 0)
        {
            Recycle();
        }
    }

    /// <summary>The first entry at or after <paramref name="from"/>, and before <paramref name="end"/>, whose sequence is above <paramref name="sequence"/>.</summary>
    public int FirstAfter(long sequence, int from, int end)
    {
        while (from < end)
        {
            var middle = (from + end) >>> 1;
            if (Entries[middle].Sequence > sequence)
            {
                end = middle;
            }
            else
            {
                from = middle + 1;
            }
        }

        return from;
    }

    /// <summary>The first entry at or after <paramref name="from"/>, and before <paramref name="end"/>, that stands at or beyond <paramref name="position"/>.</summary>
    public int FirstAt(long position, int from, int end)
    {
        while (from < end)
        {
            var middle = (from + end) >>> 1;
            if (Entries[middle].Position >= position)
            {
                end = middle;
            }
            else
            {
                from = middle + 1;
            }
        }

        return from;
    }

    /// <summary>The largest end of a run from <paramref name="from"/> within <paramref name="end"/> whose bytes fit; at least one entry.</summary>
    public int LastFitting(int from, int end, int bytes)
    {
        var start = Entries[from].Offset;
        if (Entries[end - 1].Offset + Entries[end - 1].InlineLength - start <= bytes)
        {
            return end;
        }

        var low = from + 1;
        var high = end - 1;
        if (low >= high)
        {
            return low;
        }

        // Records of a log are mostly alike: the first guess supposes that they are, and spares the search its cache misses.
        var middle = Math.Clamp(from + (int)((long)(high - from) * bytes / (Entries[high].Offset - start)), low, high - 1);
        if (Entries[middle].Offset - start <= bytes && Entries[middle + 1].Offset - start > bytes)
        {
            return middle;
        }

        while (low < high)
        {
            middle = (low + high + 1) >>> 1;
            if (Entries[middle].Offset - start <= bytes)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }

    private void Recycle()
    {
        // The entries stay as they are: a reservation fills every field before it is published.
        Conditions?.AsSpan(0, _entryCount).Clear();
        _arena.Free(Bytes);
        Bytes = default;
        Used = 0;
        _entryCount = 0;
        _next = null;
        Pools[_sizeClass].Return(this);
    }

    /// <summary>A bounded pool: what a burst took beyond it is left to the garbage collector.</summary>
    private sealed class SegmentPool(int capacity)
    {
        private readonly Lock _gate = new();
        private readonly Stack<Segment> _segments = new();

        public Segment? TryTake()
        {
            lock (_gate)
            {
                return _segments.TryPop(out var segment) ? segment : null;
            }
        }

        public void Return(Segment segment)
        {
            lock (_gate)
            {
                if (_segments.Count < capacity)
                {
                    _segments.Push(segment);
                }
            }
        }
    }
}
