namespace Broadside.NetStack.Tests.Devices;

/// <summary>Whole packets, as another host would send them.</summary>
internal static class Packets
{
    public static byte[] IP(NetworkAddress source, NetworkAddress destination, InternetProtocol protocol, ReadOnlySpan<byte> payload) =>
        source.IsIPv4
            ? IPv4(source.AsIPv4(), destination.AsIPv4(), protocol, payload)
            : IPv6(source.AsIPv6(), destination.AsIPv6(), protocol, payload);

    public static byte[] EchoRequest(IPv4Address source, IPv4Address destination, ushort sequenceNumber, int length = 32)
    {
        var message = new byte[Icmpv4Representation.HeaderLength + length];
        Icmpv4Representation.EchoRequest(1, sequenceNumber).Emit(message, PayloadSum.Of(message.AsSpan(Icmpv4Representation.HeaderLength)));
        return IPv4(source, destination, InternetProtocol.Icmp, message);
    }

    /// <summary>A datagram of which the first so many bytes are handed over as headers, the rest elsewhere.</summary>
    public static byte[] Udp(IPv4Address source, IPv4Address destination, ushort port, ReadOnlySpan<byte> payload)
    {
        var datagram = new byte[UdpRepresentation.HeaderLength + payload.Length];
        new UdpRepresentation(port, port).Emit(
            datagram, PseudoHeader.Between(source, destination, InternetProtocol.Udp), PayloadSum.Of(payload));
        payload.CopyTo(datagram.AsSpan(UdpRepresentation.HeaderLength));
        return IPv4(source, destination, InternetProtocol.Udp, datagram);
    }

    /// <summary>The headers of a TCP segment whose payload follows.</summary>
    public static byte[] TcpHeaders(
        NetworkAddress source,
        NetworkAddress destination,
        TcpRepresentation segment,
        ReadOnlySpan<byte> payload,
        bool partialChecksum = false)
    {
        var header = new byte[segment.HeaderLength];
        var pseudoHeader = PseudoHeader.Between(source, destination, InternetProtocol.Tcp);
        segment.Emit(header, pseudoHeader, PayloadSum.Of(payload));
        if (partialChecksum)
        {
            header.AsSpan().WriteUInt16(16, pseudoHeader.WithLength(header.Length + payload.Length).Value);
        }

        var packet = IP(source, destination, InternetProtocol.Tcp, [.. header, .. payload]);
        return packet[..^payload.Length];
    }

    public static byte[] Ethernet(MacAddress destination, MacAddress source, EtherType type, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[EthernetRepresentation.HeaderLength + payload.Length];
        new EthernetRepresentation(destination, source, type).Emit(frame);
        payload.CopyTo(frame.AsSpan(EthernetRepresentation.HeaderLength));
        return frame;
    }

    private static byte[] IPv6(IPv6Address source, IPv6Address destination, InternetProtocol protocol, ReadOnlySpan<byte> payload)
    {
        var packet = new byte[IPv6Representation.HeaderLength + payload.Length];
        new IPv6Representation
        {
            SourceAddress = source,
            DestinationAddress = destination,
            NextHeader = protocol,
            PayloadLength = payload.Length,
        }.Emit(packet);
        payload.CopyTo(packet.AsSpan(IPv6Representation.HeaderLength));
        return packet;
    }

    private static byte[] IPv4(IPv4Address source, IPv4Address destination, InternetProtocol protocol, ReadOnlySpan<byte> payload)
    {
        var packet = new byte[IPv4Representation.HeaderLength + payload.Length];
        new IPv4Representation
        {
            SourceAddress = source,
            DestinationAddress = destination,
            Protocol = protocol,
            PayloadLength = payload.Length,
        }.Emit(packet);
        payload.CopyTo(packet.AsSpan(IPv4Representation.HeaderLength));
        return packet;
    }
}
