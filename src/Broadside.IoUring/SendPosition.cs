using Broadside.Channels;

namespace Broadside.IoUring;

/// <summary>How far a batch has gone out.</summary>
/// <param name="Index">The extent to go on with.</param>
/// <param name="Offset">Bytes of it already sent.</param>
internal readonly record struct SendPosition(int Index, int Offset)
{
    /// <summary>The position after <paramref name="sent"/> more bytes.</summary>
    public SendPosition Advance(SendBatch batch, int sent)
    {
        var extents = batch.Extents;
        var index = Index;
        long offset = (long)Offset + sent;
        while (index < extents.Length && offset >= extents[index].Length)
        {
            offset -= extents[index++].Length;
        }

        return new SendPosition(index, (int)offset);
    }

    /// <summary>Whether the whole batch has gone out.</summary>
    public bool IsEnd(SendBatch batch) => Index == batch.Count;

    /// <summary>What is left of the extent at <paramref name="index"/>, this position's or a later one.</summary>
    public Extent Rest(SendBatch batch, int index) => index == Index ? batch.Extents[index].Slice(Offset) : batch.Extents[index];
}
