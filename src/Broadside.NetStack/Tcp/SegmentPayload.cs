namespace Broadside.NetStack.Tcp;

/// <summary>A segment's payload where it lies.</summary>
internal readonly ref struct SegmentPayload
{
    public ReadOnlySpan<Extent> Extents { get; init; }

    public int Length { get; init; }

    /// <summary>Whether the bytes stay as they are, so that their sums may be kept.</summary>
    public bool AreFinal { get; init; }
}
