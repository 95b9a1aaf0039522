using System.Buffers;

namespace Broadside.Records;

/// <summary>Presents several extents as one <see cref="ReadOnlySequence{T}"/>.</summary>
internal sealed class ExtentSequence : ReadOnlySequenceSegment<byte>
{
    private ExtentSequence(Extent extent, long runningIndex)
    {
        Memory = extent.Memory;
        RunningIndex = runningIndex;
    }

    public static ReadOnlySequence<byte> Join(ReadOnlySpan<Extent> extents)
    {
        var first = new ExtentSequence(extents[0], 0);
        var last = first;
        foreach (var extent in extents[1..])
        {
            var next = new ExtentSequence(extent, last.RunningIndex + last.Memory.Length);
            last.Next = next;
            last = next;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }
}
