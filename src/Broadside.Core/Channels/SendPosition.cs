namespace Broadside.Channels;

/// <summary>How far a batch has gone out: what a backend remembers between the parts it sends of one.</summary>
/// <param name="Index">The extent to go on with.</param>
/// <param name="Offset">Bytes of it already sent.</param>
public readonly record struct SendPosition(int Index, int Offset)
{
    /// <summary>The position after <paramref name="sent"/> more bytes.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="sent">Bytes, no more than are left.</param>
    public SendPosition Advance(SendBatch batch, int sent)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var extents = batch.Extents;
        var index = Index;
        var offset = (long)Offset + sent;
        while (index < extents.Length && offset >= extents[index].Length)
        {
            offset -= extents[index++].Length;
        }

        return new SendPosition(index, (int)offset);
    }

    /// <summary>Whether the whole batch has gone out.</summary>
    /// <param name="batch">The batch.</param>
    public bool IsEnd(SendBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return Index == batch.Count;
    }

    /// <summary>What is left of an extent of the batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="index">This position's extent, or a later one.</param>
    public Extent Rest(SendBatch batch, int index)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return index == Index ? batch.Extents[index].Slice(Offset) : batch.Extents[index];
    }
}
