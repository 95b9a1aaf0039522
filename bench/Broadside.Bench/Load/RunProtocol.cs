using System.Buffers.Binary;

namespace Broadside.Bench.Load;

/// <summary>The protocol of the bare loop: a publication is the length of the run that each subscriber gets, 64 KiB or a longer message's.</summary>
internal sealed class RunProtocol : RawProtocol
{
    private const int LeastRun = 64 * 1024;

    public override byte[] Publication(ReadOnlySpan<byte> payload)
    {
        var length = new byte[PrefixLength];
        BinaryPrimitives.WriteInt32LittleEndian(length, Math.Max(payload.Length, LeastRun));
        return length;
    }

    public override byte[] Delivery(ReadOnlySpan<byte> payload) => Run(Math.Max(payload.Length, LeastRun));

    /// <summary>What a subscriber gets.</summary>
    public static byte[] Run(int length)
    {
        var run = new byte[length];
        Array.Fill(run, (byte)'x');
        return run;
    }
}
