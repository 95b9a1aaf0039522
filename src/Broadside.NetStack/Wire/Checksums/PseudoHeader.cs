namespace Broadside.NetStack.Wire;

/// <summary>
/// What an upper layer's checksum covers of the network layer (RFC 9293 section 3.1, RFC 8200 section 8.1). All but the length is the
/// same for every packet of a connection and is summed once.
/// </summary>
internal readonly record struct PseudoHeader
{
    private readonly OnesComplementSum _sum;

    private PseudoHeader(OnesComplementSum sum, bool isIPv6)
    {
        _sum = sum;
        IsIPv6 = isIPv6;
    }

    public bool IsIPv6 { get; }

    public static PseudoHeader Between(IPv4Address source, IPv4Address destination, InternetProtocol protocol) =>
        new(source.Sum + destination.Sum + new OnesComplementSum((byte)protocol), isIPv6: false);

    public static PseudoHeader Between(IPv6Address source, IPv6Address destination, InternetProtocol protocol) =>
        new(source.Sum + destination.Sum + new OnesComplementSum((byte)protocol), isIPv6: true);

    public static PseudoHeader Between(NetworkAddress source, NetworkAddress destination, InternetProtocol protocol) =>
        source.IsIPv4
            ? Between(source.AsIPv4(), destination.AsIPv4(), protocol)
            : Between(source.AsIPv6(), destination.AsIPv6(), protocol);

    /// <summary>The whole pseudo-header's sum for an upper-layer packet of <paramref name="length"/> bytes.</summary>
    public OnesComplementSum WithLength(int length) => _sum + OnesComplementSum.OfWords((uint)length);

    /// <summary>Whether an upper-layer packet's own checksum agrees with its bytes.</summary>
    public bool Validates(ReadOnlySpan<byte> packet) => (WithLength(packet.Length) + OnesComplementSum.Of(packet)).IsValid;

    /// <summary>The checksum of a packet whose header, with a zero checksum field, is followed by a payload already summed.</summary>
    public ushort Checksum(ReadOnlySpan<byte> header, PayloadSum payload) =>
        (WithLength(header.Length + payload.Length) + PayloadSum.Of(header).Append(payload).Sum).Checksum;
}
