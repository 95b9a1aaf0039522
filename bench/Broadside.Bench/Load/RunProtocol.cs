namespace Broadside.Bench.Load;

/// <summary>The protocol of the bare loop: whatever is published, each subscriber gets a run of 64 KiB.</summary>
internal sealed class RunProtocol : RawProtocol
{
    public const int RunLength = 64 * 1024;

    public override byte[] Delivery(ReadOnlySpan<byte> payload)
    {
        var run = new byte[RunLength];
        Array.Fill(run, (byte)'x');
        return run;
    }
}
