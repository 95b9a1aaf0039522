namespace Broadside;

/// <summary>
/// Where an arena's large extents lie instead of private memory: a file's pages, say, which the kernel can send without copying. The
/// store puts them at the addresses of the arena's blocks, so that nobody else notices.
/// </summary>
/// <remarks>
/// Memory whose bytes may still be on their way when it is freed is never written to again: the store gives the range fresh memory
/// first, and the old pages go when nobody refers to them any more.
/// </remarks>
public interface IBlockStore
{
    /// <summary>Puts the store's memory in the place of a new block's. Called under the arena's lock.</summary>
    /// <param name="block">The block, as yet empty.</param>
    /// <returns>False when it cannot: the block stays as it was, and the store is not asked again.</returns>
    bool TryAttach(Block block);

    /// <summary>An extent was freed: gives its range fresh memory. Called on any thread, before the range is handed out again.</summary>
    /// <param name="block">The block.</param>
    /// <param name="offset">Where the range begins, at a page.</param>
    /// <param name="length">Its length: whole pages.</param>
    /// <returns>False when it cannot: the range is never handed out again.</returns>
    bool TryRetire(Block block, int offset, int length);

    /// <summary>Gives a block its private memory back: the arena lets go of it. Called under the arena's lock.</summary>
    /// <param name="block">The block, empty.</param>
    void Detach(Block block);
}
