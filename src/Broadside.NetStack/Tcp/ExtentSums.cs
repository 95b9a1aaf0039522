using System.Runtime.InteropServices;
using Broadside.Memory;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp;

/// <summary>
/// Sums of bytes that are sent to many: of whole chunks the sum is kept beside the bytes, and only the edges are read again.
/// </summary>
internal static class ExtentSums
{
    /// <summary>In shorter extents the edges and the look-up cost as much as reading all of it does.</summary>
    private const int WorthwhileLength = 2048;

    /// <summary>The sum of extents behind one another.</summary>
    /// <param name="extents">Where the bytes lie.</param>
    /// <param name="areBytesFinal">Whether the bytes of all are final.</param>
    public static PayloadSum Of(ReadOnlySpan<Extent> extents, bool areBytesFinal)
    {
        var sum = default(PayloadSum);
        foreach (var extent in extents)
        {
            sum = sum.Append(Of(extent, areBytesFinal));
        }

        return sum;
    }

    /// <summary>The sum of an extent; bytes that are final (<see cref="Channels.SendBatch.AreBytesFinal"/>) are read but once.</summary>
    public static PayloadSum Of(Extent extent, bool areBytesFinal) =>
        areBytesFinal && extent.Length >= WorthwhileLength ? OfStored(extent) : PayloadSum.Of(extent.Span);

    /// <summary>The sum of an extent whose bytes are final, whatever its length.</summary>
    public static PayloadSum OfStored(Extent extent)
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
        var sums = block.Sums.Between(start, end);
        if (sums.Contains((ushort)0))
        {
            FillIn(sums, block.Span(start, end - start));
        }

        // A sum of sums, and as numbers in the machine's order sum up to one in that order (RFC 1071 section 2(B)).
        var total = OnesComplementSum.Of(MemoryMarshal.AsBytes(sums));
        return new(end - start, BitConverter.IsLittleEndian ? total.Swapped : total);
    }

    private static void FillIn(Span<ushort> sums, ReadOnlySpan<byte> bytes)
    {
        for (var chunk = 0; chunk < sums.Length; chunk++)
        {
            if (sums[chunk] == 0)
            {
                // Both are zero in one's complement.
                var sum = InternetChecksum.Sum(bytes.Slice(chunk * BlockSums.ChunkSize, BlockSums.ChunkSize));
                sums[chunk] = sum == 0 ? ushort.MaxValue : sum;
            }
        }
    }
}
