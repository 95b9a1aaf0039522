using System.Diagnostics;

namespace Broadside.Records;

/// <summary>
/// What a <see cref="Record"/> handle points to: the record's extents, and a word that holds the handle's generation (upper half)
/// and the count of references to the bytes (lower half), so that both change in one atomic step.
/// </summary>
/// <remarks>
/// Entries are pooled and never freed, so a stale handle always finds an entry to compare generations with. A duplicate is an
/// entry of its own whose <see cref="Root"/> is the entry that holds the bytes.
/// </remarks>
internal sealed class RecordEntry
{
    private const int GenerationShift = 32;
    private const long OneGeneration = 1L << GenerationShift;
    private const int KeptExtents = 64;

    private static int _lastOrdinal;

    private readonly long _ordinal = Interlocked.Increment(ref _lastOrdinal);
    private long _state;
    private Arena _arena = null!;
    private SharedBuffer? _shared;
    private RecordEntry? _source;
    private Extent[] _extents = new Extent[1];
    private int _extentCount;

    public uint Generation => (uint)(Volatile.Read(ref _state) >>> GenerationShift);

    /// <summary>The entry that holds the bytes. Never null once a handle was made, so that a stale handle may look.</summary>
    public RecordEntry Root { get; private set; } = null!;

    /// <summary>Names the bytes for as long as the process runs; duplicates share it.</summary>
    public long Id { get; private set; }

    public int Length { get; private set; }

    /// <summary>The extents, for those who hold a reference.</summary>
    public ReadOnlySpan<Extent> Extents => _extents.AsSpan(0, _extentCount);

    public int ExtentCount => _extentCount;

    /// <summary>The first extent; safe to read, if not to believe, without a reference: the array is never empty.</summary>
    public Extent FirstExtent => _extents[0];

    /// <summary>Makes an entry that owns <paramref name="extents"/>.</summary>
    public static RecordEntry Own(Arena arena, ReadOnlySpan<Extent> extents, int length)
    {
        var entry = RentRoot(arena, length);
        if (entry._extents.Length < extents.Length)
        {
            entry._extents = new Extent[extents.Length];
        }

        extents.CopyTo(entry._extents);
        entry._extentCount = extents.Length;
        return entry;
    }

    /// <summary>Makes an entry over a part of a shared buffer, of which it takes a reference.</summary>
    public static RecordEntry Share(SharedBuffer buffer, int offset, int length)
    {
        var extent = buffer.Extent.Slice(offset, length);
        buffer.AddReference();
        var entry = RentRoot(extent.Block.Arena, length);
        entry._shared = buffer;
        entry._extents[0] = extent;
        entry._extentCount = 1;
        return entry;
    }

    /// <summary>Makes an entry that owns its first extent and goes on with a part of another's bytes, of which it takes a reference.</summary>
    /// <param name="head">The first extent.</param>
    /// <param name="source">Whose bytes follow; the caller holds a reference.</param>
    /// <param name="offset">Where the part begins.</param>
    /// <param name="length">The part's length, not 0.</param>
    public static RecordEntry Splice(Extent head, RecordEntry source, int offset, int length)
    {
        var entry = RentRoot(head.Block.Arena, head.Length + length);
        if (entry._extents.Length <= source._extentCount)
        {
            entry._extents = new Extent[source._extentCount + 1];
        }

        entry._extents[0] = head;
        entry._extentCount = 1;
        foreach (var extent in source.Extents)
        {
            var taken = Math.Min(extent.Length - offset, length);
            if (taken > 0)
            {
                entry._extents[entry._extentCount++] = extent.Slice(offset, taken);
                length -= taken;
            }

            offset = Math.Max(0, offset - extent.Length);
        }

        Debug.Assert(length == 0);
        source.AddReferences(1);
        entry._source = source;
        return entry;
    }

    public bool IsCurrent(uint generation) => Generation == generation;

    /// <summary>Adds a reference if the handle of <paramref name="generation"/> is alive.</summary>
    public bool TryAddReference(uint generation)
    {
        var state = Volatile.Read(ref _state);
        while ((uint)(state >>> GenerationShift) == generation)
        {
            var seen = Interlocked.CompareExchange(ref _state, state + 1, state);
            if (seen == state)
            {
                return true;
            }

            state = seen;
        }

        return false;
    }

    /// <summary>Adds references for a caller who holds one.</summary>
    public void AddReferences(int count)
    {
        var state = Interlocked.Add(ref _state, count);
        Debug.Assert((int)state > count);
    }

    public void Release()
    {
        var state = Interlocked.Decrement(ref _state);
        Debug.Assert((int)state >= 0);
        if ((uint)state == 0)
        {
            Recycle();
        }
    }

    /// <summary>Ends the handle of <paramref name="generation"/>; false when it had ended before.</summary>
    public bool TryEndHandle(uint generation)
    {
        var state = Volatile.Read(ref _state);
        while ((uint)(state >>> GenerationShift) == generation)
        {
            var ended = state + OneGeneration - 1;
            var seen = Interlocked.CompareExchange(ref _state, ended, state);
            if (seen == state)
            {
                if ((uint)ended == 0)
                {
                    Recycle();
                }

                return true;
            }

            state = seen;
        }

        return false;
    }

    /// <summary>Makes a second handle on the bytes, for a caller who holds a reference, which passes to the new handle.</summary>
    public RecordEntry DuplicateOwned()
    {
        var entry = Pool.Rent<RecordEntry>();
        entry.Root = Root;
        entry._state += 1;
        return entry;
    }

    private static RecordEntry RentRoot(Arena arena, int length)
    {
        var entry = Pool.Rent<RecordEntry>();
        Debug.Assert((int)entry._state == 0);
        entry._arena = arena;
        entry.Root = entry;
        entry.Length = length;
        entry.Id = (entry._ordinal << GenerationShift) | entry.Generation;
        Volatile.Write(ref entry._state, entry._state + 1);
        return entry;
    }

    private void Recycle()
    {
        if (!ReferenceEquals(Root, this))
        {
            var root = Root;
            Pool<RecordEntry>.Return(this);
            root.Release();
            return;
        }

        if (_shared is not null)
        {
            _shared.Release();
            _shared = null;
        }
        else if (_source is not null)
        {
            _arena.Free(_extents[0]);
            _source.Release();
            _source = null;
        }
        else
        {
            foreach (var extent in Extents)
            {
                _arena.Free(extent);
            }
        }

        // The pool never ends: what it keeps must not keep an arena alive.
        _arena = null!;
        _extents.AsSpan(0, _extentCount).Clear();
        _extentCount = 0;
        if (_extents.Length > KeptExtents)
        {
            _extents = new Extent[1];
        }

        Pool<RecordEntry>.Return(this);
    }
}
