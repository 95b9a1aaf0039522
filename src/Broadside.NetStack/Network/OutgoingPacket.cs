using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>What a transport sends: its header, and its payload wherever that was prepared.</summary>
internal readonly ref struct OutgoingPacket
{
    public required InternetProtocol Protocol { get; init; }

    public EcnCodepoint Ecn { get; init; }

    /// <summary>Complete with its checksum; where <see cref="SegmentSize"/> is set, with the pseudo-header's sum in its place, for the device to complete.</summary>
    public required ReadOnlySpan<byte> TransportHeader { get; init; }

    public ReadOnlySpan<Extent> Payload { get; init; }

    public int PayloadLength { get; init; }

    /// <summary>Where the device is to cut the packet into TCP segments, how much payload each gets; else zero.</summary>
    public int SegmentSize { get; init; }

    /// <summary>Whether the packet may be cut into fragments on its way: UDP's, not TCP's, which finds the path's limit instead.</summary>
    public bool AllowsFragmentation { get; init; }

    public int Length => TransportHeader.Length + PayloadLength;

    /// <summary>Copies header and payload from <paramref name="offset"/> on, as much as there is or as fits.</summary>
    public void CopyTo(int offset, Span<byte> destination)
    {
        CopyPart(TransportHeader, ref offset, ref destination);
        foreach (var extent in Payload)
        {
            CopyPart(extent.Span, ref offset, ref destination);
        }
    }

    private static void CopyPart(ReadOnlySpan<byte> source, ref int offset, ref Span<byte> destination)
    {
        var skipped = Math.Min(offset, source.Length);
        offset -= skipped;
        source = source[skipped..];
        var copied = Math.Min(source.Length, destination.Length);
        source[..copied].CopyTo(destination);
        destination = destination[copied..];
    }
}
