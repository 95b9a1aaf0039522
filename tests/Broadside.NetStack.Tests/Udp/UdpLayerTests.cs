using Broadside.NetStack.Network;
using Broadside.NetStack.Tests.Network;
using Broadside.NetStack.Udp;

namespace Broadside.NetStack.Tests.Udp;

public sealed class UdpLayerTests
{
    private readonly Station _station = new();
    private readonly UdpLayer _udp;
    private readonly RecordingHandler _handler = new();

    public UdpLayerTests()
    {
        _udp = new(_station.Layer, new Random(Station.Seed), maximumSockets: 100);
        _station.Layer.Register(InternetProtocol.Udp, _udp);
        _station.Introduce();
    }

    [Fact]
    public void A_datagram_reaches_who_bound_its_port()
    {
        Bind(Station.Own, 53);
        Bind(Station.Own6, 53);
        _station.Receive(Frames.IPv4(InternetProtocol.Udp, Frames.Udp(Station.Peer, Station.Own, [1, 2])));
        _station.Receive(Frames.IPv6(InternetProtocol.Udp, Frames.Udp(Station.Peer6, Station.Own6, [])));
        Assert.Equal(
            [(new UdpEndpoint(Station.Peer, 4000), new UdpEndpoint(Station.Own, 53), 2), (new(Station.Peer6, 4000), new(Station.Own6, 53), 0)],
            _handler.Received.Select(datagram => (datagram.Source, datagram.Destination, datagram.Bytes.Length)));
    }

    [Fact]
    public void Who_bound_the_address_comes_before_who_bound_any()
    {
        var one = Bind(Station.Own, 53);
        var any = Bind(IPv4Address.Unspecified, 53);
        Receive();
        one.Close();
        Receive();
        any.Close();
        Receive();
        Assert.Equal([one, any], _handler.Received.Select(datagram => datagram.Socket));
        Assert.Equal(1, _udp.Counters.NoSocket);
    }

    [Fact]
    public void A_port_is_bound_once_and_free_again_when_closed()
    {
        var socket = Bind(Station.Own, 53);
        Assert.Equal(BindResult.InUse, _udp.TryBind(new(Station.Own, 53), _handler, out _));
        socket.Close();
        socket.Close();
        var next = Bind(Station.Own, 53);
        socket.Close();
        Receive();
        Assert.Equal(next, Assert.Single(_handler.Received).Socket);
    }

    [Fact]
    public void Only_own_addresses_are_bound() =>
        Assert.Equal(BindResult.AddressNotLocal, _udp.TryBind(new(Station.Peer, 53), _handler, out _));

    [Fact]
    public void Ephemeral_ports_are_random_and_differ_RFC_6056_3_3()
    {
        var ports = Enumerable.Range(0, 100).Select(_ => Bind(Station.Own, 0).Local.Port).ToList();
        Assert.Equal(100, ports.Distinct().Count());
        Assert.All(ports, port => Assert.InRange(port, 49152, 65535));
        Assert.True(ports.Zip(ports.Skip(1), (left, right) => right - left).Distinct().Count() > 50);
        Assert.Equal(BindResult.Exhausted, _udp.TryBind(new(Station.Own, 0), _handler, out _));
        Assert.Equal(100, _udp.Count);
    }

    [Fact]
    public void A_port_that_nobody_bound_is_unreachable_RFC_1122_4_1_3_1()
    {
        Receive();
        var error = Frames.Icmpv4Of(Assert.Single(_station.Take()));
        Assert.Equal((Icmpv4Type.DestinationUnreachable, (byte)Icmpv4UnreachableCode.Port), (error.Type, error.Code));
        _station.Receive(Frames.IPv6(InternetProtocol.Udp, Frames.Udp(Station.Peer6, Station.Own6, [])));
        Assert.Equal((byte)Icmpv6UnreachableCode.Port, Frames.Icmpv6Of(Assert.Single(_station.Take())).Code);
    }

    [Fact]
    public void A_broadcast_reaches_who_bound_any_address_and_no_error_answers_it()
    {
        var broadcast = Frames.IPv4(
            InternetProtocol.Udp,
            Frames.Udp(Station.Peer, IPv4Address.LimitedBroadcast, []),
            header => header with { DestinationAddress = IPv4Address.LimitedBroadcast },
            MacAddress.Broadcast);
        _station.Receive(broadcast);
        Assert.Empty(_station.Take());
        Bind(IPv4Address.Unspecified, 53);
        _station.Receive(broadcast);
        Assert.Equal(IPv4Address.LimitedBroadcast, Assert.Single(_handler.Received).Destination.Address);
    }

    [Fact]
    public void A_datagram_without_checksum_is_taken_over_IPv4_and_refused_over_IPv6_RFC_8200_8_1()
    {
        Bind(Station.Own, 53);
        Bind(Station.Own6, 53);
        var datagram = Frames.Udp(Station.Peer, Station.Own, [1]);
        var datagram6 = Frames.Udp(Station.Peer6, Station.Own6, [1]);
        datagram[6] = datagram[7] = datagram6[6] = datagram6[7] = 0;
        _station.Receive(Frames.IPv4(InternetProtocol.Udp, datagram));
        _station.Receive(Frames.IPv6(InternetProtocol.Udp, datagram6));
        _station.Receive(Frames.IPv6(InternetProtocol.Udp, datagram6), ChecksumValidation.Offloaded);
        Assert.True(Assert.Single(_handler.Received).Destination.Address.IsIPv4);
        Assert.Equal(2, _udp.Counters[PacketDefect.BadChecksum]);
    }

    [Fact]
    public void A_corrupt_datagram_is_refused()
    {
        Bind(Station.Own, 53);
        var datagram = Frames.Udp(Station.Peer, Station.Own, [1]);
        datagram[^1]++;
        _station.Receive(Frames.IPv4(InternetProtocol.Udp, datagram));
        _station.Receive(Frames.IPv4(InternetProtocol.Udp, datagram.AsSpan(0, 6)));
        Assert.Empty(_handler.Received);
        Assert.Equal((1, 1), (_udp.Counters[PacketDefect.BadChecksum], _udp.Counters[PacketDefect.Truncated]));
    }

    [Theory]
    [InlineData("10.9.0.2")]
    [InlineData("fd00::2")]
    public void What_is_sent_has_its_checksum_over_both_families(string remote)
    {
        var address = NetworkAddress.From(System.Net.IPAddress.Parse(remote));
        NetworkAddress any = address.IsIPv4 ? IPv4Address.Unspecified : IPv6Address.Unspecified;
        var payload = Frames.Bytes(333);
        Assert.Equal(TransmitResult.Sent, Bind(any, 53).TrySend(payload, new(address, 99), _station.Now));
        var frame = Assert.Single(_station.Take());
        var bytes = address.IsIPv4 ? Frames.IPv4Of(frame).Payload : Frames.IPv6Of(frame).Payload;
        Assert.True(UdpDatagram.TryParse(bytes, out var datagram, out _));
        var pseudoHeader = PseudoHeader.Between(address.IsIPv4 ? Station.Own : Station.Own6, address, InternetProtocol.Udp);
        Assert.True(datagram.HasChecksum && datagram.HasValidChecksum(pseudoHeader));
        Assert.Equal((53, 99), (datagram.SourcePort, datagram.DestinationPort));
        Assert.Equal(payload, datagram.Payload);
    }

    [Fact]
    public void An_answer_leaves_from_the_address_that_was_asked_RFC_1122_4_1_3_5()
    {
        var second = Station.IPv4("10.9.0.200");
        var station = new Station(Station.Options() with { Addresses = [new(Station.Own, 24), new(second, 24)] });
        var udp = new UdpLayer(station.Layer, new Random(1));
        station.Introduce();
        udp.TryBind(new(IPv4Address.Unspecified, 53), _handler, out var socket);
        socket!.TrySend([1], new(Station.Peer, 9), station.Now, second);
        Assert.Equal(second, Frames.IPv4Of(Assert.Single(station.Take())).SourceAddress);
    }

    [Fact]
    public void What_cannot_be_sent_is_dropped()
    {
        var socket = Bind(Station.Own, 53);
        Assert.Equal(65507, UdpSocket.MaximumLength(Station.Peer));
        Assert.Equal(TransmitResult.Sent, socket.TrySend(new byte[65507], new(Station.Peer, 9), _station.Now));
        Assert.Equal(TransmitResult.Dropped, socket.TrySend(new byte[65508], new(Station.Peer, 9), _station.Now));
        Assert.Equal(TransmitResult.Dropped, socket.TrySend([], new(Station.Peer, 0), _station.Now));
        Assert.Equal(TransmitResult.Dropped, socket.TrySend([], new(Station.Peer6, 9), _station.Now));
        Assert.Equal(TransmitResult.Dropped, socket.TrySend([], new(Station.IPv4("192.0.2.1"), 9), _station.Now));
        _station.Device.HasRoom = false;
        Assert.Equal(TransmitResult.NoRoom, socket.TrySend([], new(Station.Peer, 9), _station.Now));
        Assert.Equal((1, 5), (_udp.Counters.Sent, _udp.Counters.NotSent));
    }

    [Fact]
    public void An_error_reaches_the_socket_of_the_datagram_quoted_RFC_1122_4_1_3_3()
    {
        var socket = Bind(IPv4Address.Unspecified, 53);
        socket.TrySend([1, 2, 3], new(Station.Peer, 9), _station.Now);
        var quoted = Frames.PacketOf(Assert.Single(_station.Take()));
        var error = Frames.Icmpv4(Icmpv4Representation.DestinationUnreachable(Icmpv4UnreachableCode.Port), quoted);
        _station.Receive(Frames.IPv4(InternetProtocol.Icmp, error));
        socket.Close();
        _station.Receive(Frames.IPv4(InternetProtocol.Icmp, error));
        var (from, told) = Assert.Single(_handler.Errors);
        Assert.Equal((socket, DeliveryErrorKind.Refused, (ushort)9), (from, told.Kind, told.Packet.DestinationPort));
    }

    [Fact]
    public void A_packet_too_big_has_what_follows_cut_over_IPv6_RFC_8201_4()
    {
        var socket = Bind(Station.Own6, 53);
        socket.TrySend(new byte[1400], new(Station.Peer6, 9), _station.Now);
        var quoted = Frames.PacketOf(Assert.Single(_station.Take()));
        var error = Frames.Icmpv6(
            Icmpv6Representation.PacketTooBig(1300), quoted[..1200], Station.Peer6, Station.Own6);
        _station.Receive(Frames.IPv6(InternetProtocol.Icmpv6, error));
        socket.TrySend(new byte[1400], new(Station.Peer6, 9), _station.Now);
        Assert.Equal(2, _station.Take().Count);
    }

    [Fact]
    public void A_packet_too_big_of_which_nothing_was_sent_is_not_believed_RFC_8201_4()
    {
        var socket = Bind(Station.Own6, 53);
        socket.TrySend(new byte[1400], new(Station.Peer6, 9), _station.Now);
        var quoted = Frames.PacketOf(Assert.Single(_station.Take())).ToArray();
        _station.Advance(RecentPeers.Lifetime);
        _station.Introduce();
        var error = Frames.Icmpv6(Icmpv6Representation.PacketTooBig(1300), quoted.AsSpan(0, 1200), Station.Peer6, Station.Own6);
        _station.Receive(Frames.IPv6(InternetProtocol.Icmpv6, error));
        _station.Take();
        socket.TrySend(new byte[1400], new(Station.Peer6, 9), _station.Now);
        Assert.Contains(_station.Take(), frame => frame.Length > 1400);
    }

    [Fact]
    public void Sockets_of_this_host_talk_to_each_other()
    {
        var server = Bind(IPv4Address.Unspecified, 53);
        var client = Bind(Station.Own, 0);
        client.TrySend([1, 2, 3], new(Station.Own, 53), _station.Now);
        _station.Layer.ProcessLoopback(_station.Now);
        var question = Assert.Single(_handler.Received);
        Assert.Equal((server, client.Local), (question.Socket, question.Source));
    }

    private UdpSocket Bind(NetworkAddress address, ushort port)
    {
        Assert.Equal(BindResult.Bound, _udp.TryBind(new(address, port), _handler, out var socket));
        return socket!;
    }

    private void Receive() =>
        _station.Receive(Frames.IPv4(InternetProtocol.Udp, Frames.Udp(Station.Peer, Station.Own, [1, 2, 3])));

    private sealed record Datagram(UdpSocket Socket, byte[] Bytes, UdpEndpoint Source, UdpEndpoint Destination);

    private sealed class RecordingHandler : IUdpHandler
    {
        public List<Datagram> Received { get; } = [];

        public List<(UdpSocket Socket, DeliveryError Error)> Errors { get; } = [];

        public void OnReceived(UdpSocket socket, in UdpReceived datagram) =>
            Received.Add(new(socket, datagram.Bytes.ToArray(), datagram.Source, datagram.Destination));

        public void OnError(UdpSocket socket, in DeliveryError error) => Errors.Add((socket, error));
    }
}
