using Broadside.Memory;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp;

/// <summary>Sums of bytes that are sent to many: of whole chunks the sum is kept beside the bytes, and only the edges are read again.</summary>
internal static class ExtentSums
{
    /// <summary>The sum of extents behind one another.</summary>
    /// <param name="extents">Where the bytes lie.</param>
    /// <param name="areFinal">Whether their bytes are final; if not, all are read.</param>
    public static PayloadSum Of(ReadOnlySpan<Extent> extents, bool areFinal)
    {
        var sum = default(PayloadSum);
        foreach (var extent in extents)
        {
            sum = sum.Append(areFinal ? Of(extent) : PayloadSum.Of(extent.Span));
        }

        return sum;
    }

    /// <summary>The sum of an extent whose bytes are final (<see cref="Channels.SendBatch.AreBytesFinal"/>).</summary>
    public static PayloadSum Of(Extent extent)
    {
        var end = extent.Offset + extent.Length;
        var firstChunk = (extent.Offset + BlockSums.ChunkSize - 1) & -BlockSums.ChunkSize;
        var lastChunk = end & -BlockSums.ChunkSize;
        return firstChunk >= lastChunk
            ? PayloadSum.Of(extent.Span)
            : PayloadSum.Of(extent.Span[..(firstChunk - extent.Offset)])
                .Append(OfChunks(extent.Block, firstChunk, lastChunk))
                .Append(PayloadSum.Of(extent.Span[(lastChunk - extent.Offset)..]));
    }

    private static PayloadSum OfChunks(Block block, int start, int end)
    {
        var total = 0UL;
        var offset = start;
        foreach (ref var entry in block.Sums.Between(start, end))
        {
            var sum = entry;
            if (sum == 0)
            {
                entry = sum = NonZero(InternetChecksum.Sum(block.Span(offset, BlockSums.ChunkSize)));
            }

            total += sum;
            offset += BlockSums.ChunkSize;
        }

        return new(end - start, OnesComplementSum.OfWords(total));
    }

    // Both are zero in one's complement.
    private static ushort NonZero(ushort sum) => sum == 0 ? ushort.MaxValue : sum;
}
