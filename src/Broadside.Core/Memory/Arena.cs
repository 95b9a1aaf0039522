namespace Broadside;

/// <summary>
/// Where record bytes live: 2 MiB blocks of pinned memory, cut into slots of 64 to 3,072 bytes and runs of 4 KiB pages. Bounded:
/// past <see cref="ArenaOptions.MaximumBytes"/> an allocation fails or waits, as the caller chooses.
/// </summary>
/// <remarks>Safe for use from any thread. Allocating and freeing take one short lock and allocate nothing once warm.</remarks>
public sealed partial class Arena
{
    private readonly Lock _lock = new();
    private readonly List<Block?> _blocks = [];
    private readonly LinkedList<Slab>[] _partialSlabs = new LinkedList<Slab>[SizeClass.Count];
    private readonly LinkedList<ArenaWaiter> _waiters = new();
    private readonly ExtentLedger? _ledger;
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
        _ledger = options.Diagnostics ? new ExtentLedger() : null;
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
        CheckLength(length);
        bool taken;
        lock (_lock)
        {
            taken = TakeLocked(length, out extent);
        }

        if (taken)
        {
            _ledger?.Enter(extent, ExtentLedger.Here());
        }

        return taken;
    }

    /// <summary>As <see cref="Allocate"/>, but waits until there is room, behind those who wait already.</summary>
    /// <remarks>The calls that do not wait are not held up by those that do: they take what room there is.</remarks>
    /// <param name="length">1 to <see cref="MaximumExtent"/> bytes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled; nothing was taken.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The length is out of range.</exception>
    public ValueTask<Extent> AllocateAsync(int length, CancellationToken cancellationToken = default)
    {
        CheckLength(length);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<Extent>(cancellationToken);
        }

        var takenAt = _ledger is null ? null : ExtentLedger.Here();
        ArenaWaiter waiter;
        lock (_lock)
        {
            if (_waiters.Count == 0 && TakeLocked(length, out var extent))
            {
                _ledger?.Enter(extent, takenAt!);
                return ValueTask.FromResult(extent);
            }

            waiter = new ArenaWaiter(this, length, takenAt);
            _waiters.AddLast(waiter);
        }

        return new ValueTask<Extent>(waiter.WaitAsync(cancellationToken));
    }

    /// <summary>Returns an extent taken from this arena. Only the start counts: the length may have been trimmed since.</summary>
    /// <param name="extent">The extent, beginning where it began when it was taken.</param>
    /// <exception cref="InvalidOperationException">Nothing is allocated there: it was freed before, or it is a slice.</exception>
    /// <exception cref="ArgumentException">The extent is empty or another arena's.</exception>
    public void Free(Extent extent)
    {
        if (!ReferenceEquals(extent.Block?.Arena, this))
        {
            throw new ArgumentException("The extent is not this arena's.", nameof(extent));
        }

        // First of all: bytes that are still on their way must not be overwritten.
        if (!TryRetire(extent))
        {
            return;
        }

        _ledger?.Strike(extent);
        List<(ArenaWaiter, Extent)>? granted;
        lock (_lock)
        {
            ReturnLocked(extent);
            granted = GrantWaitersLocked();
        }

        Deliver(granted);
    }

    /// <summary>What has not been returned, with where it was taken. Empty unless <see cref="ArenaOptions.Diagnostics"/> is set.</summary>
    public IReadOnlyList<OutstandingExtent> Outstanding() => _ledger?.Outstanding() ?? [];

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

    /// <summary>As <see cref="Allocate"/>, never from a store: for bytes that come and go all the time and are no large record's.</summary>
    internal Extent AllocatePlain(int length)
    {
        CheckLength(length);
        bool taken;
        Extent extent;
        lock (_lock)
        {
            taken = length <= SizeClass.Largest ? TakeSlotLocked(length, out extent) : TakePagesLocked(length, false, out extent);
        }

        if (!taken)
        {
            throw Exhausted(length);
        }

        _ledger?.Enter(extent, ExtentLedger.Here());
        return extent;
    }

    /// <summary>Takes a waiter that was cancelled out of the queue: those behind it may fit where it did not.</summary>
    internal void Withdraw(ArenaWaiter waiter)
    {
        List<(ArenaWaiter, Extent)>? granted;
        lock (_lock)
        {
            granted = _waiters.Remove(waiter) ? GrantWaitersLocked() : null;
        }

        Deliver(granted);
    }

    private static void CheckLength(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaximumExtent);
    }

    private bool TakeLocked(int length, out Extent extent)
    {
        return length <= SizeClass.Largest
            ? TakeSlotLocked(length, out extent)
            : TakePagesLocked(length, _store is not null && length >= SmallestStored, out extent);
    }

    private bool TakeSlotLocked(int length, out Extent extent)
    {
        var sizeClass = SizeClass.For(length);
        var partial = _partialSlabs[sizeClass];
        var slab = partial.First?.Value;
        if (slab is null)
        {
            if (!TakeRunLocked(SizeClass.SlabPages, false, out var block, out var page))
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

    private bool TakePagesLocked(int length, bool stored, out Extent extent)
    {
        var pages = (length + Block.PageSize - 1) >> Block.PageShift;
        if (!TakeRunLocked(pages, stored, out var block, out var page))
        {
            extent = default;
            return false;
        }

        _allocatedBytes += (long)pages << Block.PageShift;
        extent = new Extent(block, page << Block.PageShift, length);
        return true;
    }

    private void ReturnLocked(Extent extent)
    {
        var block = extent.Block;
        var (page, inPage) = Math.DivRem(extent.Offset, Block.PageSize);
        var slab = block.SlabAt(page);
        if (slab is not null)
        {
            ReturnSlotLocked(slab, extent.Offset);
            return;
        }

        if (inPage != 0)
        {
            throw Block.NothingAllocated(block, extent.Offset);
        }

        var length = ReturnRunLocked(block, page) << Block.PageShift;
        block.ForgetSums(extent.Offset, length);
        _allocatedBytes -= length;
    }

    private void ReturnSlotLocked(Slab slab, int offset)
    {
        slab.Return(offset);
        slab.Block.ForgetSums(offset, slab.SlotSize);
        _allocatedBytes -= slab.SlotSize;
        if (slab.FreeSlots == 1)
        {
            _partialSlabs[slab.Class].AddFirst(slab.Node!);
        }

        // One empty slab a class stays, so that a lone record coming and going does not cut pages each time.
        if (slab.IsEmpty && _partialSlabs[slab.Class].Count > 1)
        {
            ReturnSlabLocked(slab);
        }
    }

    private bool ReturnEmptySlabsLocked()
    {
        var any = false;
        foreach (var partial in _partialSlabs)
        {
            // A slab that stays empty was alone in its list, and others are put before it.
            if (partial.Last?.Value is { IsEmpty: true } slab)
            {
                ReturnSlabLocked(slab);
                any = true;
            }
        }

        return any;
    }

    private void ReturnSlabLocked(Slab slab)
    {
        _partialSlabs[slab.Class].Remove(slab.Node!);
        slab.Block.SetSlab(slab.StartPage, SizeClass.SlabPages, null);
        ReturnRunLocked(slab.Block, slab.StartPage);
    }

    private List<(ArenaWaiter, Extent)>? GrantWaitersLocked()
    {
        var granted = default(List<(ArenaWaiter, Extent)>);
        while (_waiters.First is { Value: var waiter } && TakeLocked(waiter.Length, out var extent))
        {
            _waiters.RemoveFirst();
            _ledger?.Enter(extent, waiter.TakenAt!);
            (granted ??= []).Add((waiter, extent));
        }

        return granted;
    }

    // Outside the lock: a waiter that was cancelled meanwhile frees what it is given.
    private static void Deliver(List<(ArenaWaiter, Extent)>? granted)
    {
        if (granted is null)
        {
            return;
        }

        foreach (var (waiter, extent) in granted)
        {
            waiter.Grant(extent);
        }
    }
}
