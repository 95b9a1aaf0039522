namespace Broadside.NetStack.Wire;

/// <summary>
/// What an ICMP error tells of the packet it is about: enough to find the connection, and to see that the error is not made up
/// (RFC 5927 section 4).
/// </summary>
internal readonly record struct QuotedPacket
{
    // RFC 792: the header and eight bytes more.
    private const int QuotedTransportLength = 8;

    private QuotedPacket(NetworkAddress source, NetworkAddress destination, InternetProtocol protocol, ReadOnlySpan<byte> transport)
    {
        SourceAddress = source;
        DestinationAddress = destination;
        Protocol = protocol;
        SourcePort = transport.ReadUInt16(0);
        DestinationPort = transport.ReadUInt16(2);
        SequenceNumber = new(transport.ReadUInt32(4));
    }

    public NetworkAddress SourceAddress { get; }

    public NetworkAddress DestinationAddress { get; }

    public InternetProtocol Protocol { get; }

    public ushort SourcePort { get; }

    public ushort DestinationPort { get; }

    /// <summary>A TCP segment's sequence number; of another protocol it says nothing.</summary>
    public SequenceNumber SequenceNumber { get; }

    public static bool TryParse(Icmpv4Packet error, out QuotedPacket quoted, out PacketDefect defect) =>
        TryParseIPv4(error.Data, out quoted, out defect);

    public static bool TryParse(Icmpv6Packet error, out QuotedPacket quoted, out PacketDefect defect) =>
        TryParseIPv6(error.Data, out quoted, out defect);

    /// <summary>As if an ICMP error had quoted this IPv4 packet.</summary>
    public static bool TryParseIPv4(ReadOnlySpan<byte> bytes, out QuotedPacket quoted, out PacketDefect defect)
    {
        quoted = default;
        if (!IPv4Packet.TryParseQuoted(bytes, out var packet, out defect))
        {
            return false;
        }

        defect = InspectTransport(packet.FragmentOffset, packet.Payload);
        if (defect == PacketDefect.None)
        {
            quoted = new(packet.SourceAddress, packet.DestinationAddress, packet.Protocol, packet.Payload);
        }

        return defect == PacketDefect.None;
    }

    /// <summary>As if an ICMP error had quoted this IPv6 packet.</summary>
    public static bool TryParseIPv6(ReadOnlySpan<byte> bytes, out QuotedPacket quoted, out PacketDefect defect)
    {
        quoted = default;
        if (!IPv6Packet.TryParseQuoted(bytes, out var packet, out defect))
        {
            return false;
        }

        if (!IPv6HeaderChain.TryParse(packet, out var chain, out var chainDefect))
        {
            defect = chainDefect.Reason;
            return false;
        }

        defect = packet.SourceAddress.IsIPv4Mapped ? PacketDefect.BadSourceAddress
            : packet.DestinationAddress.IsIPv4Mapped ? PacketDefect.BadDestinationAddress
            : InspectTransport(chain.Fragment?.FragmentOffset ?? 0, chain.Payload);
        if (defect == PacketDefect.None)
        {
            quoted = new(packet.SourceAddress, packet.DestinationAddress, chain.Protocol, chain.Payload);
        }

        return defect == PacketDefect.None;
    }

    // Only the first fragment begins with the ports.
    private static PacketDefect InspectTransport(int fragmentOffset, ReadOnlySpan<byte> transport) =>
        fragmentOffset != 0 ? PacketDefect.BadFragment
        : transport.Length < QuotedTransportLength ? PacketDefect.Truncated
        : PacketDefect.None;
}
