using System.Collections.Concurrent;
using System.Diagnostics;

namespace Broadside;

/// <summary>
/// Where record bytes live: 2 MiB blocks of pinned memory, cut into slots of 64 to 3,072 bytes and runs of 4 KiB pages. Bounded:
/// past <see cref="ArenaOptions.MaximumBytes"/> an allocation fails or waits, as the caller chooses.
/// </summary>
/// <remarks>Safe for use from any thread. Allocating and freeing take one short lock and allocate nothing once warm.</remarks>
public sealed class Arena
{
    private readonly Lock _lock = new();
    private readonly List<Block?> _blocks = [];
    private readonly LinkedList<Slab>[] _partialSlabs = new LinkedList<Slab>[SizeClass.Count];
    private readonly Queue<ArenaWaiter> _waiters = new();
    private readonly ConcurrentDictionary<(Block, int), string>? _takenAt;
    private readonly int _maximumBlocks;
    private readonly int _spareBlocks;
    private int _blockCount;
    private int _emptyBlocks;
    private long _allocatedBytes;

    /// <summary>Creates an arena; it takes its first block when first asked for memory.</summary>
    /// <param name="options">Limits; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is below one block.</exception>
    public Arena(ArenaOptions? options = null)
    {
        options ??= new ArenaOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaximumBytes, Block.Size, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.SpareBlocks, nameof(options));
        _maximumBlocks = (int)Math.Min(options.MaximumBytes / Block.Size, int.MaxValue);
        _spareBlocks = options.SpareBlocks;
        _takenAt = options.Diagnostics ? new() : null;
        for (var sizeClass = 0; sizeClass < _partialSlabs.Length; sizeClass++)
        {
            _partialSlabs[sizeClass] = new LinkedList<Slab>();
        }
    }

    /// <summary>The largest single extent, in bytes: one block.</summary>
    public const int MaximumExtent = Block.Size;

    /// <summary>The most bytes the arena may reserve.</summary>
    public long MaximumBytes => (long)_maximumBlocks * Block.Size;

    /// <summary>Bytes of the blocks the arena holds now.</summary>
    public long ReservedBytes
    {
        get
        {
            lock (_lock)
            {
                return (long)_blockCount * Block.Size;
            }
        }
    }

    /// <summary>Bytes handed out and not yet returned, rounded up to slot and page sizes.</summary>
    public long AllocatedBytes => Volatile.Read(ref _allocatedBytes);

    /// <summary>Takes an extent of exactly <paramref name="length"/> bytes; their content is undefined.</summary>
    /// <param name="length">1 to <see cref="MaximumExtent"/> bytes.</param>
    /// <exception cref="ArenaExhaustedException">There is no room and the limit forbids another block.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The length is out of range.</exception>
    public Extent Allocate(int length) => TryAllocate(length, out var extent) ? extent : throw Exhausted(length);

    /// <summary>As <see cref="Allocate"/>, but returns false where that throws for want of room.</summary>
    /// <param name="length">1 to <see cref="MaximumExtent"/> bytes.</param>
    /// <param name="extent">The extent taken.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is out of range.</exception>
    public bool TryAllocate(int length, out Extent extent)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaximumExtent);
        bool taken;
        lock (_lock)
        {
            taken = TakeLocked(length, out extent);
        }

        if (taken && _takenAt is not null)
        {
            _takenAt[(extent.Block, extent.Offset)] = new StackTrace(1, true).ToString();
        }

        return taken;
    }

    /// <summary>As <see cref="Allocate"/>, but waits in turn until there is room.</summary>
    /// <param name="length">1 to <see cref="MaximumExtent"/> bytes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled; nothing was taken.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The length is out of range.</exception>
    public ValueTask<Extent> AllocateAsync(int length, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<Extent>(cancellationToken);
        }

        if (TryAllocate(length, out var extent))
        {
            return ValueTask.FromResult(extent);
        }

        ArenaWaiter waiter;
        lock (_lock)
        {
            // Room may have been made between the attempt above and this lock.
            if (TakeLocked(length, out extent))
            {
                return ValueTask.FromResult(extent);
            }

            waiter = new ArenaWaiter(this, length);
            _waiters.Enqueue(waiter);
        }

        return new ValueTask<Extent>(waiter.WaitAsync(cancellationToken));
    }

    /// <summary>Returns an extent taken from this arena. Only the start counts: the length may have been trimmed since.</summary>
    /// <param name="extent">The extent, beginning where it began when it was taken.</param>
    /// <exception cref="InvalidOperationException">Nothing is allocated there: it was freed before, or it is a slice.</exception>
    public void Free(Extent extent)
    {
        Debug.Assert(ReferenceEquals(extent.Block.Arena, this));
        if (_takenAt is not null)
        {
            ForgetTaken(extent);
        }

        var granted = default(List<(ArenaWaiter, Extent)>);
        lock (_lock)
        {
            ReturnLocked(extent);
            if (_waiters.Count > 0)
            {
                granted = GrantWaitersLocked();
            }
        }

        if (granted is not null)
        {
            foreach (var (waiter, given) in granted)
            {
                waiter.Grant(given);
            }
        }
    }

    /// <summary>What has not been returned, with where it was taken. Empty unless <see cref="ArenaOptions.Diagnostics"/> is set.</summary>
    public IReadOnlyList<OutstandingExtent> Outstanding()
    {
        if (_takenAt is null)
        {
            return [];
        }

        return [.. _takenAt.Select(entry => new OutstandingExtent(new Extent(entry.Key.Item1, entry.Key.Item2, 0), entry.Value))];
    }

    /// <summary>The blocks held now, for a backend that registers them. Entries of released blocks are null.</summary>
    public IReadOnlyList<Block?> Blocks()
    {
        lock (_lock)
        {
            return [.. _blocks];
        }
    }

    internal ArenaExhaustedException Exhausted(long length) => new(
        $"No room for {length:N0} bytes: {AllocatedBytes:N0} of the arena's {MaximumBytes:N0} bytes are in use. " +
        "Dispose records sooner, wait with AllocateAsync, or raise ArenaOptions.MaximumBytes.");

    private bool TakeLocked(int length, out Extent extent)
    {
        return length <= SizeClass.Largest ? TakeSlotLocked(length, out extent) : TakePagesLocked(length, out extent);
    }

    private bool TakeSlotLocked(int length, out Extent extent)
    {
        var sizeClass = SizeClass.For(length);
        var partial = _partialSlabs[sizeClass];
        var slab = partial.First?.Value;
        if (slab is null)
        {
            if (!TakeRunLocked(SizeClass.SlabPages, out var block, out var page))
            {
                extent = default;
                return false;
            }

            slab = new Slab(block, page, sizeClass);
            slab.Node = new LinkedListNode<Slab>(slab);
            block.SetSlab(page, SizeClass.SlabPages, slab);
            partial.AddFirst(slab.Node);
        }

        var offset = slab.Take();
        if (slab.FreeSlots == 0)
        {
            partial.Remove(slab.Node!);
        }

        _allocatedBytes += slab.SlotSize;
        extent = new Extent(slab.Block, offset, length);
        return true;
    }

    private bool TakePagesLocked(int length, out Extent extent)
    {
        var pages = (length + Block.PageSize - 1) >> Block.PageShift;
        if (!TakeRunLocked(pages, out var block, out var page))
        {
            extent = default;
            return false;
        }

        _allocatedBytes += (long)pages << Block.PageShift;
        extent = new Extent(block, page << Block.PageShift, length);
        return true;
    }

    private bool TakeRunLocked(int pages, out Block block, out int page)
    {
        foreach (var candidate in _blocks)
        {
            if (candidate is not null)
            {
                var wasEmpty = candidate.IsEmpty;
                page = candidate.TakeRun(pages);
                if (page >= 0)
                {
                    _emptyBlocks -= wasEmpty ? 1 : 0;
                    block = candidate;
                    return true;
                }
            }
        }

        if (_blockCount == _maximumBlocks)
        {
            block = null!;
            page = -1;
            return false;
        }

        block = AddBlockLocked();
        page = block.TakeRun(pages);
        return true;
    }

    private Block AddBlockLocked()
    {
        var index = _blocks.IndexOf(null);
        if (index < 0)
        {
            index = _blocks.Count;
            _blocks.Add(null);
        }

        _blockCount++;
        return _blocks[index] = new Block(this, index);
    }

    private void ReturnLocked(Extent extent)
    {
        var block = extent.Block;
        var page = extent.Offset >> Block.PageShift;
        var slab = block.SlabAt(page);
        if (slab is null)
        {
            _allocatedBytes -= (long)block.ReturnRun(page) << Block.PageShift;
        }
        else
        {
            slab.Return(extent.Offset);
            _allocatedBytes -= slab.SlotSize;
            if (slab.FreeSlots == 1)
            {
                _partialSlabs[slab.Class].AddFirst(slab.Node!);
            }

            // One empty slab a class stays, so that a lone record coming and going does not cut pages each time.
            if (!slab.IsEmpty || _partialSlabs[slab.Class].Count == 1)
            {
                return;
            }

            _partialSlabs[slab.Class].Remove(slab.Node!);
            block.SetSlab(slab.StartPage, SizeClass.SlabPages, null);
            block.ReturnRun(slab.StartPage);
        }

        if (block.IsEmpty && ++_emptyBlocks > _spareBlocks)
        {
            _emptyBlocks--;
            _blockCount--;
            _blocks[block.Index] = null;
        }
    }

    private List<(ArenaWaiter, Extent)>? GrantWaitersLocked()
    {
        var granted = default(List<(ArenaWaiter, Extent)>);
        while (_waiters.TryPeek(out var waiter))
        {
            if (waiter.IsCancelled)
            {
                _waiters.Dequeue();
                continue;
            }

            if (!TakeLocked(waiter.Length, out var extent))
            {
                break;
            }

            _waiters.Dequeue();
            (granted ??= []).Add((waiter, extent));
        }

        return granted;
    }

    private void ForgetTaken(Extent extent)
    {
        if (_takenAt!.TryRemove((extent.Block, extent.Offset), out _))
        {
            extent.Span.Fill(0xDD);
        }
    }
}
