using Broadside.NetStack.Network;

namespace Broadside.NetStack.Tests.Network;

/// <summary>Echoes answered, and errors received.</summary>
public sealed class IcmpInputTests
{
    private readonly Station _station = new();

    public IcmpInputTests() => _station.Introduce();

    [Fact]
    public void An_echo_is_answered_with_all_its_data_RFC_1122_3_2_2_6()
    {
        var data = Frames.Bytes(100);
        _station.Receive(Frames.IPv4(InternetProtocol.Icmp, Frames.EchoRequest(5, data)));
        _station.Receive(Frames.IPv6(InternetProtocol.Icmpv6, Frames.EchoRequest6(6, data, Station.Peer6, Station.Own6)));
        var sent = _station.Take();
        var (reply, reply6) = (Frames.Icmpv4Of(sent[0]), Frames.Icmpv6Of(sent[1]));
        Assert.Equal((Icmpv4Type.EchoReply, (ushort)1, (ushort)5), (reply.Type, reply.Identifier, reply.SequenceNumber));
        Assert.Equal((Icmpv6Type.EchoReply, (ushort)1, (ushort)6), (reply6.Type, reply6.Identifier, reply6.SequenceNumber));
        Assert.Equal(data, Frames.IPv4Of(sent[0]).Payload[Icmpv4Packet.HeaderLength..]);
        Assert.Equal(data, Frames.IPv6Of(sent[1]).Payload[Icmpv6Packet.HeaderLength..]);
    }

    [Fact]
    public void An_echo_to_a_group_is_not_answered_RFC_1122_3_2_2_6()
    {
        _station.Receive(Frames.IPv4(
            InternetProtocol.Icmp,
            Frames.EchoRequest(1, []),
            header => header with { DestinationAddress = IPv4Address.LimitedBroadcast },
            MacAddress.Broadcast));
        _station.Receive(Frames.IPv6(
            InternetProtocol.Icmpv6,
            Frames.EchoRequest6(1, [], Station.Peer6, IPv6Address.AllNodes),
            header => header with { DestinationAddress = IPv6Address.AllNodes },
            MacAddress.ForMulticast(IPv6Address.AllNodes)));
        Assert.Empty(_station.Take());
    }

    [Fact]
    public void A_corrupt_message_is_refused()
    {
        var request = Frames.EchoRequest(1, [1]);
        request[^1]++;
        var request6 = Frames.EchoRequest6(1, [1], Station.Peer6, Station.Own6);
        request6[^1]++;
        _station.Receive(Frames.IPv4(InternetProtocol.Icmp, request));
        _station.Receive(Frames.IPv6(InternetProtocol.Icmpv6, request6));
        Assert.Empty(_station.Take());
        Assert.Equal(2, _station.Counters[PacketDefect.BadChecksum]);
    }

    [Fact]
    public void Echoes_are_limited_in_rate()
    {
        for (var packet = 0; packet < 3000; packet++)
        {
            _station.Receive(Frames.IPv4(InternetProtocol.Icmp, Frames.EchoRequest(1, [])));
        }

        Assert.Equal(1000, _station.Take().Count);
    }

    [Theory]
    [InlineData(3, 0, nameof(DeliveryErrorKind.Unreachable))]
    [InlineData(3, 1, nameof(DeliveryErrorKind.Unreachable))]
    [InlineData(3, 5, nameof(DeliveryErrorKind.Unreachable))]
    [InlineData(3, 2, nameof(DeliveryErrorKind.Refused))]
    [InlineData(3, 3, nameof(DeliveryErrorKind.Refused))]
    [InlineData(3, 13, nameof(DeliveryErrorKind.Refused))]
    [InlineData(3, 4, nameof(DeliveryErrorKind.TooBig))]
    [InlineData(11, 0, nameof(DeliveryErrorKind.Unreachable))]
    [InlineData(12, 0, nameof(DeliveryErrorKind.Unreachable))]
    public void An_error_goes_to_the_transport_of_the_packet_quoted_RFC_1122_4_2_3_9(byte type, byte code, string kind)
    {
        var quoted = Quoted(Station.Own, InternetProtocol.Tcp);
        _station.Receive(Frames.IPv4(InternetProtocol.Icmp, Raw(type, code, 1400, quoted)));
        var error = Assert.Single(_station.Transport.Errors);
        Assert.Equal(kind, error.Kind.ToString());
        Assert.Equal(kind == nameof(DeliveryErrorKind.TooBig) ? 1400 : 0, error.MaximumTransmissionUnit);
        Assert.Equal(((NetworkAddress)Station.Own, (NetworkAddress)Station.Peer), (error.Packet.SourceAddress, error.Packet.DestinationAddress));
        Assert.Equal(((ushort)4000, (ushort)53), (error.Packet.SourcePort, error.Packet.DestinationPort));
    }

    [Theory]
    [InlineData(1, 0, nameof(DeliveryErrorKind.Unreachable))]
    [InlineData(1, 3, nameof(DeliveryErrorKind.Unreachable))]
    [InlineData(1, 1, nameof(DeliveryErrorKind.Refused))]
    [InlineData(1, 4, nameof(DeliveryErrorKind.Refused))]
    [InlineData(2, 0, nameof(DeliveryErrorKind.TooBig))]
    [InlineData(3, 0, nameof(DeliveryErrorKind.Unreachable))]
    [InlineData(4, 0, nameof(DeliveryErrorKind.Unreachable))]
    [InlineData(4, 1, nameof(DeliveryErrorKind.Refused))]
    public void An_ICMPv6_error_goes_to_the_transport_of_the_packet_quoted_RFC_4443(byte type, byte code, string kind)
    {
        var quoted = Frames.PacketOf(Frames.IPv6(
            InternetProtocol.Tcp,
            Frames.Udp(Station.Own6, Station.Peer6, new byte[20]),
            header => header with { SourceAddress = Station.Own6, DestinationAddress = Station.Peer6 }));
        var message = Raw(type, code, 1400, quoted);
        var pseudoHeader = PseudoHeader.Between(Station.Peer6, Station.Own6, InternetProtocol.Icmpv6);
        (message[2], message[3]) = (0, 0);
        var checksum = pseudoHeader.Checksum(message, default);
        (message[2], message[3]) = ((byte)(checksum >> 8), (byte)checksum);
        _station.Receive(Frames.IPv6(InternetProtocol.Icmpv6, message));
        var error = Assert.Single(_station.Transport.Errors);
        Assert.Equal(kind, error.Kind.ToString());
        Assert.Equal(kind == nameof(DeliveryErrorKind.TooBig) ? 1400 : 0, error.MaximumTransmissionUnit);
    }

    [Fact]
    public void An_error_about_a_packet_of_another_host_or_an_unknown_protocol_is_dropped()
    {
        _station.Receive(Frames.IPv4(InternetProtocol.Icmp, Raw(3, 3, 0, Quoted(Station.IPv4("10.9.0.77"), InternetProtocol.Tcp))));
        _station.Receive(Frames.IPv4(InternetProtocol.Icmp, Raw(3, 3, 0, Quoted(Station.Own, (InternetProtocol)99))));
        Assert.Empty(_station.Transport.Errors);
        Assert.Equal(2, _station.Counters[NetworkCounter.ErrorNotOurs]);
    }

    private static ReadOnlySpan<byte> Quoted(IPv4Address source, InternetProtocol protocol) => Frames.PacketOf(Frames.IPv4(
        protocol,
        Frames.Udp(source, Station.Peer, new byte[20]),
        header => header with { SourceAddress = source, DestinationAddress = Station.Peer }));

    private static byte[] Raw(byte type, byte code, ushort mtu, ReadOnlySpan<byte> quoted)
    {
        byte[] message = [type, code, 0, 0, 0, 0, (byte)(mtu >> 8), (byte)mtu, .. quoted];
        var checksum = OnesComplementSum.Of(message).Checksum;
        (message[2], message[3]) = ((byte)(checksum >> 8), (byte)checksum);
        return message;
    }
}
