namespace Broadside.Memory;

/// <summary>
/// Sums of a block's bytes, kept beside them so that what goes to many receivers is summed once: the 16-bit one's complement sum of each
/// chunk of 256 bytes, filled in at first use by whoever needs it. A backend that sums nothing has none.
/// </summary>
/// <remarks>
/// <para>
/// Only chunks that lie wholly inside an extent that is being sent and is final may be looked up and filled in: the bytes of records and
/// logs stay as they are until their allocation is freed or their receive buffer is filled anew, and then <see cref="Forget"/> comes
/// first.
/// </para>
/// <para>
/// No lock is needed, nor any order among the entries. Whoever computes a sum holds the bytes, and all who do find the same sum, so it
/// does not matter whose store is last; an entry is one word and is never seen half written. A store comes before its thread lets go of
/// the bytes, which is an interlocked operation on their reference count; the thread that frees them has seen all of these and clears
/// after them, under the arena's lock; that lock is taken again before the memory is handed out, so that a later holder sees the entry
/// cleared, or filled in for the bytes that he sees too. Clearing more than need be, or the loss of a store beside it, costs one sum.
/// </para>
/// </remarks>
internal sealed class BlockSums
{
    public const int ChunkSize = 1 << ChunkShift;

    private const int ChunkShift = 8;

    private readonly ushort[] _sums = new ushort[Block.Size / ChunkSize];

    /// <summary>
    /// The sums of the chunks from one offset to another, both multiples of the chunk's size: zero where not known, so that 0xFFFF stands
    /// for a sum of zero.
    /// </summary>
    public Span<ushort> Between(int start, int end) => _sums.AsSpan(start >> ChunkShift, (end - start) >> ChunkShift);

    /// <summary>
    /// The bytes are about to change. Also the chunks at the edges: what two allocations that follow one another share may have been
    /// within one extent of both.
    /// </summary>
    public void Forget(int offset, int length)
    {
        var first = offset >> ChunkShift;
        var end = (offset + length + ChunkSize - 1) >> ChunkShift;
        _sums.AsSpan(first, end - first).Clear();
    }
}
