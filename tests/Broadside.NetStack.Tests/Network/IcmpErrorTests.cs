using Broadside.NetStack.Network;

namespace Broadside.NetStack.Tests.Network;

/// <summary>ICMP errors sent, and about what they never are (RFC 1122 section 3.2.2, RFC 4443 section 2.4).</summary>
public sealed class IcmpErrorTests
{
    private const InternetProtocol Unknown = (InternetProtocol)200;

    private readonly Station _station = new();

    public IcmpErrorTests() => _station.Introduce();

    [Fact]
    public void An_unknown_protocol_is_unreachable_RFC_1122_3_2_2_1()
    {
        var frame = Frames.IPv4(Unknown, Frames.Bytes(1000));
        _station.Receive(frame);
        var sent = Assert.Single(_station.Take());
        var error = Frames.Icmpv4Of(sent);
        Assert.Equal((Icmpv4Type.DestinationUnreachable, (byte)Icmpv4UnreachableCode.Protocol), (error.Type, error.Code));

        // RFC 1812 section 4.3.2.3: as much as fits in 576 bytes.
        var packet = Frames.IPv4Of(sent);
        Assert.Equal((Station.Own, Station.Peer, 576), (packet.SourceAddress, packet.DestinationAddress, packet.TotalLength));
        Assert.True(Frames.PacketOf(frame).StartsWith(packet.Payload[Icmpv4Packet.HeaderLength..]));
    }

    [Fact]
    public void An_unknown_next_header_is_a_parameter_problem_that_points_at_it_RFC_8200_4()
    {
        byte[] options = [(byte)Unknown, 0, 1, 4, 0, 0, 0, 0];
        _station.Receive(Frames.IPv6(Unknown, Frames.Bytes(1400)));
        _station.Receive(Frames.IPv6(InternetProtocol.DestinationOptions, options));
        var sent = _station.Take();
        Assert.Equal([6u, 40u], sent.Select(frame => Frames.Icmpv6Of(frame).Pointer));
        Assert.All(sent, frame => Assert.Equal((byte)ParameterProblemCode.UnrecognizedNextHeader, Frames.Icmpv6Of(frame).Code));

        // RFC 4443 section 2.4(c): as much as fits in the least MTU.
        Assert.Equal(1280, IPv6Packet.HeaderLength + Frames.IPv6Of(sent[0]).PayloadLength);
    }

    [Fact]
    public void No_next_header_is_no_problem_RFC_8200_4_7()
    {
        _station.Receive(Frames.IPv6(InternetProtocol.NoNextHeader, []));
        Assert.Empty(_station.Take());
    }

    [Theory]
    [InlineData(0x80, false, true)]
    [InlineData(0xC0, false, true)]
    [InlineData(0x40, false, false)]
    [InlineData(0x80, true, true)]
    [InlineData(0xC0, true, false)]
    public void An_unknown_option_is_a_problem_if_it_says_so_to_groups_too_RFC_4443_2_4_e_3(byte option, bool toGroup, bool isAnswered)
    {
        byte[] options = [(byte)InternetProtocol.Udp, 0, option, 4, 0, 0, 0, 0];
        _station.Receive(Frames.IPv6(
            InternetProtocol.DestinationOptions,
            options,
            header => toGroup ? header with { DestinationAddress = IPv6Address.AllNodes } : header,
            toGroup ? MacAddress.ForMulticast(IPv6Address.AllNodes) : null));
        var sent = _station.Take();
        Assert.Equal(isAnswered ? 1 : 0, sent.Count);
        Assert.All(sent, frame => Assert.Equal((42u, Station.Own6), (Frames.Icmpv6Of(frame).Pointer, Frames.IPv6Of(frame).SourceAddress)));
    }

    [Fact]
    public void A_port_is_unreachable_when_the_transport_says_so()
    {
        var ports = new RefusingTransport(_station);
        _station.Layer.Register(InternetProtocol.Udp, ports);
        _station.Receive(Frames.IPv4(InternetProtocol.Udp, Frames.Udp(Station.Peer, Station.Own, [])));
        _station.Receive(Frames.IPv6(InternetProtocol.Udp, Frames.Udp(Station.Peer6, Station.Own6, [])));
        var sent = _station.Take();
        Assert.Equal((byte)Icmpv4UnreachableCode.Port, Frames.Icmpv4Of(sent[0]).Code);
        Assert.Equal((byte)Icmpv6UnreachableCode.Port, Frames.Icmpv6Of(sent[1]).Code);
    }

    [Fact]
    public void None_is_sent_about_an_error()
    {
        _station.Layer.Register(InternetProtocol.Icmp, new RefusingTransport(_station));
        var quoted = Frames.PacketOf(Frames.IPv4(InternetProtocol.Udp, Frames.Udp(Station.Peer, Station.Own, [])));
        var error = Frames.Icmpv4(Icmpv4Representation.DestinationUnreachable(Icmpv4UnreachableCode.Port), quoted);
        _station.Layer.SendPortUnreachable(Incoming(Frames.IPv4(InternetProtocol.Icmp, error)), _station.Now);
        var error6 = Frames.Icmpv6(Icmpv6Representation.PacketTooBig(1300), quoted, Station.Peer6, Station.Own6);
        _station.Layer.SendPortUnreachable(Incoming6(Frames.IPv6(InternetProtocol.Icmpv6, error6)), _station.Now);

        // Nor if an extension header comes before it: the option asks for an answer.
        byte[] options = [(byte)InternetProtocol.Icmpv6, 0, 0x80, 4, 0, 0, 0, 0];
        _station.Receive(Frames.IPv6(InternetProtocol.DestinationOptions, [.. options, .. error6]));
        Assert.Empty(_station.Take());
        Assert.Equal(3, _station.Counters[NetworkCounter.ErrorForbidden]);
    }

    [Fact]
    public void None_is_sent_about_a_fragment_that_is_not_the_first()
    {
        var frame = Frames.IPv4(Unknown, new byte[64], header => header with { FragmentOffset = 64 });
        _station.Layer.SendPortUnreachable(Incoming(frame), _station.Now);
        Assert.Empty(_station.Take());
    }

    [Theory]
    [InlineData("255.255.255.255")]
    [InlineData("10.9.0.255")]
    [InlineData("224.0.0.1")]
    public void None_is_sent_about_a_packet_to_a_group(string destination)
    {
        var address = Station.IPv4(destination);
        _station.Receive(Frames.IPv4(
            Unknown,
            [],
            header => header with { DestinationAddress = address },
            address.IsMulticast ? MacAddress.ForMulticast(address) : MacAddress.Broadcast));
        _station.Receive(Frames.IPv6(
            Unknown,
            [],
            header => header with { DestinationAddress = IPv6Address.AllNodes },
            MacAddress.ForMulticast(IPv6Address.AllNodes)));
        Assert.Empty(_station.Take());
        Assert.Equal(2, _station.Counters[NetworkCounter.ErrorForbidden]);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("10.9.0.255")]
    [InlineData("240.0.0.1")]
    public void None_is_sent_to_a_source_that_is_no_single_host(string source)
    {
        var frame = Frames.IPv4(Unknown, [], header => header with { SourceAddress = Station.IPv4(source) });
        _station.Layer.SendPortUnreachable(Incoming(frame), _station.Now);
        Assert.Empty(_station.Take());
    }

    [Fact]
    public void They_are_limited_in_rate_RFC_4443_2_4_f()
    {
        for (var packet = 0; packet < 1000; packet++)
        {
            _station.Receive(Frames.IPv4(Unknown, []));
        }

        Assert.Equal(100, _station.Take().Count);
        _station.Advance(TimeSpan.FromSeconds(0.5));
        for (var packet = 0; packet < 1000; packet++)
        {
            _station.Receive(Frames.IPv6(Unknown, []));
        }

        Assert.Equal(50, _station.Take().Count(frame => Frames.DestinationOf(frame) == Station.PeerMac && IsError(frame)));
        Assert.Equal(1850, _station.Counters[NetworkCounter.RateLimited]);
    }

    [Fact]
    public void A_datagram_that_is_not_whole_in_time_is_answered_if_its_first_fragment_came_RFC_792()
    {
        var data = Frames.Bytes(64);
        _station.Receive(Frames.IPv4(InternetProtocol.Udp, data, header => header with { MoreFragments = true, Identification = 1 }));
        _station.Receive(Frames.IPv4(InternetProtocol.Udp, data, header => header with { FragmentOffset = 64, Identification = 2 }));
        var part = new byte[IPv6FragmentHeader.Length + data.Length];
        new IPv6FragmentHeader(InternetProtocol.Udp, 0, true, 1).Emit(part);
        data.CopyTo(part.AsSpan(IPv6FragmentHeader.Length));
        _station.Receive(Frames.IPv6(InternetProtocol.Fragment, part));
        _station.Advance(TimeSpan.FromSeconds(59.9));
        Assert.Empty(_station.Take());
        _station.Advance(TimeSpan.FromSeconds(0.2));
        var sent = _station.Take();
        Assert.Equal(2, sent.Count);
        Assert.Equal(
            (Icmpv4Type.TimeExceeded, (byte)TimeExceededCode.FragmentReassembly),
            (Frames.Icmpv4Of(sent[0]).Type, Frames.Icmpv4Of(sent[0]).Code));
        Assert.Equal(
            (Icmpv6Type.TimeExceeded, (byte)TimeExceededCode.FragmentReassembly),
            (Frames.Icmpv6Of(sent[1]).Type, Frames.Icmpv6Of(sent[1]).Code));
        Assert.Equal(3, _station.Counters[NetworkCounter.ReassemblyTimedOut]);
    }

    private static bool IsError(byte[] frame) =>
        Frames.TypeOf(frame) == EtherType.IPv6 && Frames.IPv6Of(frame).Payload[0] < (byte)Icmpv6Type.EchoRequest;

    private static IncomingPacket Incoming(byte[] frame)
    {
        Assert.True(IPv4Packet.TryParse(Frames.PacketOf(frame), out var packet, out _));
        return new()
        {
            Source = packet.SourceAddress,
            Destination = packet.DestinationAddress,
            Protocol = packet.Protocol,
            Payload = packet.Payload,
            Packet = Frames.PacketOf(frame),
        };
    }

    private static IncomingPacket Incoming6(byte[] frame)
    {
        var packet = Frames.IPv6Of(frame);
        return new()
        {
            Source = packet.SourceAddress,
            Destination = packet.DestinationAddress,
            Protocol = packet.NextHeader,
            Payload = packet.Payload,
            Packet = Frames.PacketOf(frame),
        };
    }

    private sealed class RefusingTransport(Station station) : ITransport
    {
        public void Process(in IncomingPacket packet, TimeSpan now) => station.Layer.SendPortUnreachable(packet, now);

        public void ProcessError(in DeliveryError error, TimeSpan now)
        {
        }
    }
}
