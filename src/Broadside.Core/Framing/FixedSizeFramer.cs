namespace Broadside.Framing;

/// <summary>Records of one size.</summary>
internal sealed class FixedSizeFramer(int size) : IncrementalFramer(size)
{
    protected override FrameResult Scan(ReadOnlySpan<byte> bytes, ref FramerState state) => ScanTo(MaximumLength, bytes.Length, ref state);
}
