namespace Broadside;

/// <content>Which blocks there are. Those of a store hold large extents only, all others lie in the rest.</content>
public sealed partial class Arena
{
    /// <summary>The smallest extent that lies in a store's block, in bytes: 128 KiB. Channels' receive buffers, which are rewritten all the time, are smaller.</summary>
    public const int SmallestStored = 128 * 1024;

    private IBlockStore? _store;

    /// <summary>Has extents of <see cref="SmallestStored"/> and more come from blocks of a store from now on, as far as it has any.</summary>
    /// <param name="store">The store.</param>
    /// <returns>False when the arena has one already.</returns>
    public bool TryUse(IBlockStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        return Interlocked.CompareExchange(ref _store, store, null) is null;
    }

    /// <summary>Separates an extent's memory from its bytes before it is handed out again; false when that failed, and the memory is lost.</summary>
    private static bool TryRetire(Extent extent)
    {
        var block = extent.Block;
        if (block.Store is not { } store)
        {
            return true;
        }

        // The whole run, though the extent may have been trimmed: nobody else has a part of it.
        var (page, inPage) = Math.DivRem(extent.Offset, Block.PageSize);
        var pages = inPage == 0 ? block.RunLength(page) : 0;
        return pages > 0 ? store.TryRetire(block, extent.Offset, pages << Block.PageShift) : throw Block.NothingAllocated(block, extent.Offset);
    }

    private bool TakeRunLocked(int pages, bool stored, out Block block, out int page)
    {
        if (TakeRunOfBlocksLocked(pages, stored, out block, out page))
        {
            return true;
        }

        // The empty slabs kept for reuse must not be what stands in the way.
        if (_blockCount == _maximumBlocks && ReturnEmptySlabsLocked() && TakeRunOfBlocksLocked(pages, stored, out block, out page))
        {
            return true;
        }

        // Asked again: returning slabs may have returned a block. Nor must an empty block of the other kind stand in the way.
        if (_blockCount == _maximumBlocks && !ReleaseSpareLocked())
        {
            return stored && TakeRunOfBlocksLocked(pages, false, out block, out page);
        }

        block = AddBlockLocked(stored);
        page = block.TakeRun(pages);
        return true;
    }

    private bool TakeRunOfBlocksLocked(int pages, bool stored, out Block block, out int page)
    {
        foreach (var candidate in _blocks)
        {
            if (candidate is not null && candidate.IsStored == stored)
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

        block = null!;
        page = -1;
        return false;
    }

    private Block AddBlockLocked(bool stored)
    {
        var index = _blocks.IndexOf(null);
        if (index < 0)
        {
            index = _blocks.Count;
            _blocks.Add(null);
        }

        var block = new Block(this, index);
        if (stored && _store is { } store)
        {
            // A store that fails once is not asked again: better all large extents in ordinary blocks than few in each.
            block.Store = store.TryAttach(block) ? store : null;
            _store = block.Store;
        }

        _blockCount++;
        return _blocks[index] = block;
    }

    private int ReturnRunLocked(Block block, int page)
    {
        var pages = block.ReturnRun(page);
        if (block.IsEmpty && ++_emptyBlocks > _spareBlocks)
        {
            ReleaseLocked(block);
        }

        return pages;
    }

    /// <summary>Lets go of an empty block that was kept for reuse; false when there is none.</summary>
    private bool ReleaseSpareLocked()
    {
        var spare = _emptyBlocks == 0 ? null : _blocks.Find(static block => block is { IsEmpty: true });
        if (spare is null)
        {
            return false;
        }

        ReleaseLocked(spare);
        return true;
    }

    private void ReleaseLocked(Block empty)
    {
        _emptyBlocks--;
        _blockCount--;
        _blocks[empty.Index] = null;
        empty.Store?.Detach(empty);
        empty.Store = null;
    }
}
