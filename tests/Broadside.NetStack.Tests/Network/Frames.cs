namespace Broadside.NetStack.Tests.Network;

/// <summary>Frames for tests, and what is in those that were sent.</summary>
internal static class Frames
{
    public static byte[] Ethernet(MacAddress destination, MacAddress source, EtherType type, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[EthernetRepresentation.HeaderLength + payload.Length];
        new EthernetRepresentation(destination, source, type).Emit(frame);
        payload.CopyTo(frame.AsSpan(EthernetRepresentation.HeaderLength));
        return frame;
    }

    public static byte[] Arp(
        ArpOperation operation, MacAddress senderMac, IPv4Address sender, MacAddress targetMac, IPv4Address target, MacAddress destination)
    {
        var packet = new byte[ArpRepresentation.Length];
        new ArpRepresentation(operation, senderMac, sender, targetMac, target).Emit(packet);
        return Ethernet(destination, senderMac, EtherType.Arp, packet);
    }

    /// <summary>An IPv4 packet from the peer to the station, unless told otherwise.</summary>
    public static byte[] IPv4(
        InternetProtocol protocol, ReadOnlySpan<byte> payload, Func<IPv4Representation, IPv4Representation>? change = null, MacAddress? to = null)
    {
        var header = new IPv4Representation
        {
            SourceAddress = Station.Peer,
            DestinationAddress = Station.Own,
            Protocol = protocol,
            PayloadLength = payload.Length,
        };
        header = change?.Invoke(header) ?? header;
        var packet = new byte[IPv4Representation.HeaderLength + payload.Length];
        header.Emit(packet);
        payload.CopyTo(packet.AsSpan(IPv4Representation.HeaderLength));
        return Ethernet(to ?? Station.OwnMac, Station.PeerMac, EtherType.IPv4, packet);
    }

    /// <summary>An IPv6 packet from the peer to the station, unless told otherwise.</summary>
    public static byte[] IPv6(
        InternetProtocol next, ReadOnlySpan<byte> payload, Func<IPv6Representation, IPv6Representation>? change = null, MacAddress? to = null)
    {
        var header = new IPv6Representation
        {
            SourceAddress = Station.Peer6,
            DestinationAddress = Station.Own6,
            NextHeader = next,
            PayloadLength = payload.Length,
        };
        header = change?.Invoke(header) ?? header;
        var packet = new byte[IPv6Representation.HeaderLength + payload.Length];
        header.Emit(packet);
        payload.CopyTo(packet.AsSpan(IPv6Representation.HeaderLength));
        return Ethernet(to ?? Station.OwnMac, Station.PeerMac, EtherType.IPv6, packet);
    }

    public static byte[] Solicitation(MacAddress mac, IPv6Address source, IPv6Address target)
    {
        var message = new NeighborSolicitationRepresentation(target, source.IsUnspecified ? null : mac);
        var header = Ndp(source, target.SolicitedNode, message.Length);
        var packet = new byte[IPv6Representation.HeaderLength + message.Length];
        header.Emit(packet);
        message.Emit(packet.AsSpan(IPv6Representation.HeaderLength), header);
        return Ethernet(MacAddress.ForMulticast(target.SolicitedNode), mac, EtherType.IPv6, packet);
    }

    public static byte[] Advertisement(
        MacAddress mac, IPv6Address source, IPv6Address destination, NeighborAdvertisementRepresentation message, MacAddress to)
    {
        var header = Ndp(source, destination, message.Length);
        var packet = new byte[IPv6Representation.HeaderLength + message.Length];
        header.Emit(packet);
        message.Emit(packet.AsSpan(IPv6Representation.HeaderLength), header);
        return Ethernet(to, mac, EtherType.IPv6, packet);
    }

    public static byte[] EchoRequest(ushort sequence, ReadOnlySpan<byte> data)
    {
        var message = new byte[Icmpv4Representation.HeaderLength + data.Length];
        data.CopyTo(message.AsSpan(Icmpv4Representation.HeaderLength));
        Icmpv4Representation.EchoRequest(1, sequence).Emit(message, PayloadSum.Of(data));
        return message;
    }

    public static byte[] EchoRequest6(ushort sequence, ReadOnlySpan<byte> data, IPv6Address source, IPv6Address destination) =>
        Icmpv6(Icmpv6Representation.EchoRequest(1, sequence), data, source, destination);

    public static byte[] Icmpv4(Icmpv4Representation header, ReadOnlySpan<byte> data)
    {
        var message = new byte[Icmpv4Representation.HeaderLength + data.Length];
        data.CopyTo(message.AsSpan(Icmpv4Representation.HeaderLength));
        header.Emit(message, PayloadSum.Of(data));
        return message;
    }

    public static byte[] Icmpv6(Icmpv6Representation header, ReadOnlySpan<byte> data, IPv6Address source, IPv6Address destination)
    {
        var message = new byte[Icmpv6Representation.HeaderLength + data.Length];
        data.CopyTo(message.AsSpan(Icmpv6Representation.HeaderLength));
        header.Emit(message, PseudoHeader.Between(source, destination, InternetProtocol.Icmpv6), PayloadSum.Of(data));
        return message;
    }

    public static byte[] Udp(NetworkAddress source, NetworkAddress destination, ReadOnlySpan<byte> payload, ushort from = 4000, ushort to = 53)
    {
        var datagram = new byte[UdpRepresentation.HeaderLength + payload.Length];
        payload.CopyTo(datagram.AsSpan(UdpRepresentation.HeaderLength));
        new UdpRepresentation(from, to).Emit(
            datagram, PseudoHeader.Between(source, destination, InternetProtocol.Udp), PayloadSum.Of(payload));
        return datagram;
    }

    public static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    public static EtherType TypeOf(byte[] frame) => Parse(frame).EtherType;

    public static MacAddress DestinationOf(byte[] frame) => Parse(frame).Destination;

    public static ReadOnlySpan<byte> PacketOf(byte[] frame) => frame.AsSpan(EthernetFrame.HeaderLength);

    public static IPv4Packet IPv4Of(byte[] frame)
    {
        Assert.True(IPv4Packet.TryParse(PacketOf(frame), out var packet, out var defect), defect.ToString());
        Assert.True(IPv4Representation.TryParse(packet, ChecksumValidation.Software, out _, out defect), defect.ToString());
        return packet;
    }

    public static IPv6Packet IPv6Of(byte[] frame)
    {
        Assert.True(IPv6Packet.TryParse(PacketOf(frame), out var packet, out var defect), defect.ToString());
        return packet;
    }

    public static ArpRepresentation ArpOf(byte[] frame)
    {
        Assert.True(ArpPacket.TryParse(PacketOf(frame), out var packet, out var defect), defect.ToString());
        Assert.True(ArpRepresentation.TryParse(packet, out var arp, out defect), defect.ToString());
        return arp;
    }

    public static Icmpv4Representation Icmpv4Of(byte[] frame)
    {
        Assert.True(Icmpv4Packet.TryParse(IPv4Of(frame).Payload, out var message, out var defect), defect.ToString());
        Assert.True(Icmpv4Representation.TryParse(message, ChecksumValidation.Software, out var icmp, out defect), defect.ToString());
        return icmp;
    }

    public static Icmpv6Representation Icmpv6Of(byte[] frame)
    {
        var packet = IPv6Of(frame);
        var pseudoHeader = PseudoHeader.Between(packet.SourceAddress, packet.DestinationAddress, InternetProtocol.Icmpv6);
        Assert.True(Icmpv6Packet.TryParse(packet.Payload, out var message, out var defect), defect.ToString());
        Assert.True(Icmpv6Representation.TryParse(message, pseudoHeader, ChecksumValidation.Software, out var icmp, out defect), defect.ToString());
        return icmp;
    }

    private static IPv6Representation Ndp(IPv6Address source, IPv6Address destination, int length) => new()
    {
        SourceAddress = source,
        DestinationAddress = destination,
        NextHeader = InternetProtocol.Icmpv6,
        PayloadLength = length,
        HopLimit = NdpMessage.HopLimit,
    };

    private static EthernetRepresentation Parse(byte[] frame)
    {
        Assert.True(EthernetFrame.TryParse(frame, out var view, out _));
        Assert.True(EthernetRepresentation.TryParse(view, out var header, out _));
        return header;
    }
}
