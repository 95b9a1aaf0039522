using Broadside.NetStack.Network;

namespace Broadside.NetStack.Tests.Network;

public sealed class ArpTests
{
    private static readonly byte[] Datagram = Frames.Udp(Station.Own, Station.Peer, [1, 2, 3]);

    [Fact]
    public void A_packet_to_an_unknown_neighbor_waits_for_the_answer_to_a_broadcast_question_RFC_826()
    {
        var station = new Station();
        Assert.Equal(TransmitResult.Sent, station.Send(Station.Peer, Datagram));
        var question = Assert.Single(station.Take());
        Assert.Equal(MacAddress.Broadcast, Frames.DestinationOf(question));
        var expected = new ArpRepresentation(ArpOperation.Request, Station.OwnMac, Station.Own, default, Station.Peer);
        Assert.Equal(expected, Frames.ArpOf(question));

        Answer(station);
        var packet = Assert.Single(station.Take());
        Assert.Equal(Station.PeerMac, Frames.DestinationOf(packet));
        Assert.Equal(Datagram, Frames.IPv4Of(packet).Payload);
    }

    [Fact]
    public void The_question_is_asked_three_times_a_second_apart_then_what_waited_is_unreachable_RFC_1122_2_3_2_2()
    {
        var station = new Station();
        station.Send(Station.Peer, Datagram);
        station.Advance(TimeSpan.FromSeconds(2.9));
        Assert.Equal(3, station.Take().Count);
        Assert.Empty(station.Transport.Errors);

        station.Advance(TimeSpan.FromSeconds(0.2));
        var error = Assert.Single(station.Transport.Errors);
        Assert.Equal(DeliveryErrorKind.Unreachable, error.Kind);
        Assert.Equal((ushort)4000, error.Packet.SourcePort);
        Assert.Equal(0, station.Layer.Neighbors.Count);
        Assert.Equal(0, station.Layer.Neighbors.PendingCount);
        station.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty(station.Take());
    }

    [Fact]
    public void A_flood_of_packets_asks_for_a_neighbor_once_a_second_RFC_1122_2_3_2_1()
    {
        var station = new Station();
        for (var packet = 0; packet < 1000; packet++)
        {
            station.Send(Station.Peer, Datagram);
        }

        Assert.Single(station.Take());
    }

    [Fact]
    public void Few_packets_wait_for_a_neighbor_and_the_oldest_give_way()
    {
        var station = new Station();
        for (byte packet = 0; packet < 10; packet++)
        {
            station.Send(Station.Peer, Frames.Udp(Station.Own, Station.Peer, [packet]));
        }

        station.Take();
        Answer(station);
        Assert.Equal([6, 7, 8, 9], station.Take().Select(frame => Frames.IPv4Of(frame).Payload[^1]));
        Assert.Equal(6, station.Counters[NetworkCounter.DroppedWaiting]);
    }

    [Fact]
    public void A_request_for_this_host_is_answered_and_remembered_RFC_826()
    {
        var station = new Station();
        station.Receive(Frames.Arp(ArpOperation.Request, Station.PeerMac, Station.Peer, default, Station.Own, MacAddress.Broadcast));
        var answer = Assert.Single(station.Take());
        Assert.Equal(Station.PeerMac, Frames.DestinationOf(answer));
        var expected = new ArpRepresentation(ArpOperation.Reply, Station.OwnMac, Station.Own, Station.PeerMac, Station.Peer);
        Assert.Equal(expected, Frames.ArpOf(answer));

        station.Send(Station.Peer, Datagram);
        Assert.Equal(EtherType.IPv4, Frames.TypeOf(Assert.Single(station.Take())));
    }

    [Fact]
    public void A_request_for_another_host_is_neither_answered_nor_remembered()
    {
        var station = new Station();
        station.Receive(
            Frames.Arp(ArpOperation.Request, Station.PeerMac, Station.Peer, default, Station.IPv4("10.9.0.9"), MacAddress.Broadcast));
        Assert.Empty(station.Take());
        Assert.Equal(0, station.Layer.Neighbors.Count);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public void Unasked_news_makes_no_entry(bool isReply, bool isForUs)
    {
        var operation = isReply ? ArpOperation.Reply : ArpOperation.Request;
        var station = new Station();
        station.Receive(isForUs
            ? Frames.Arp(operation, Station.PeerMac, Station.Peer, Station.OwnMac, Station.Own, Station.OwnMac)
            : Frames.Arp(operation, Station.PeerMac, Station.Peer, default, Station.Peer, MacAddress.Broadcast));
        Assert.Equal(0, station.Layer.Neighbors.Count);
    }

    [Fact]
    public void Unasked_news_changes_the_address_of_a_known_neighbor()
    {
        var station = new Station();
        station.Introduce();
        var moved = new MacAddress(0x02_00_00_00_00_77);
        station.Receive(Frames.Arp(ArpOperation.Request, moved, Station.Peer, default, Station.Peer, MacAddress.Broadcast));
        station.Send(Station.Peer, Datagram);
        Assert.Equal(moved, Frames.DestinationOf(Assert.Single(station.Take())));
        Assert.Equal(NeighborState.Delay, station.Layer.Neighbors.Find(Station.Peer)!.State);
    }

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("10.9.0.255")]
    [InlineData("127.0.0.1")]
    public void Who_is_no_neighbor_is_not_remembered(string sender)
    {
        var station = new Station();
        station.Receive(
            Frames.Arp(ArpOperation.Request, Station.PeerMac, Station.IPv4(sender), default, Station.Own, MacAddress.Broadcast));
        Assert.Equal(0, station.Layer.Neighbors.Count);
    }

    [Fact]
    public void An_address_is_announced_twice_two_seconds_apart_RFC_5227_2_3()
    {
        var station = new Station(isStarted: false);
        station.Layer.OnTimer(station.Now);
        var first = Assert.Single(station.Take());
        var expected = new ArpRepresentation(ArpOperation.Request, Station.OwnMac, Station.Own, default, Station.Own);
        Assert.Equal(expected, Frames.ArpOf(first));
        Assert.Equal(MacAddress.Broadcast, Frames.DestinationOf(first));
        station.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Empty(station.Take());
        station.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(expected, Frames.ArpOf(Assert.Single(station.Take())));
    }

    [Fact]
    public void A_probed_address_is_used_only_when_nobody_has_answered_RFC_5227_2_1()
    {
        var station = Probing(isStarted: false);
        Assert.False(station.Layer.IsReady);
        Assert.False(station.Layer.IsLocal(Station.Own));
        Assert.Equal(TransmitResult.Dropped, station.Send(Station.Peer, Datagram));
        station.Advance(TimeSpan.FromSeconds(1 + 2 + 2));
        var probes = station.Take();
        var expected = new ArpRepresentation(ArpOperation.Request, Station.OwnMac, IPv4Address.Unspecified, default, Station.Own);
        Assert.Equal([expected, expected, expected], probes.Select(Frames.ArpOf));

        station.Advance(TimeSpan.FromSeconds(2));
        Assert.True(station.Layer.IsReady && station.Layer.IsLocal(Station.Own));
        Assert.Equal(Station.Own, Frames.ArpOf(Assert.Single(station.Take())).SenderProtocolAddress);
    }

    [Theory]
    [InlineData("10.9.0.1", "10.9.0.9")]
    [InlineData("0.0.0.0", "10.9.0.1")]
    public void While_it_probes_another_that_has_or_wants_the_address_gets_it_RFC_5227_2_1_1(string sender, string target)
    {
        var conflicts = new List<NetworkAddress>();
        var station = Probing(conflicts, isStarted: false);
        station.Advance(TimeSpan.FromSeconds(2));
        station.Take();
        station.Receive(Frames.Arp(
            ArpOperation.Request, Station.PeerMac, Station.IPv4(sender), default, Station.IPv4(target), MacAddress.Broadcast));
        station.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal([Station.Own], conflicts);
        Assert.False(station.Layer.IsLocal(Station.Own));
        Assert.Empty(station.Take());
    }

    [Fact]
    public void An_address_is_defended_once_in_ten_seconds_and_kept_RFC_5227_2_4()
    {
        var conflicts = new List<NetworkAddress>();
        var station = new Station(Station.Options() with { AddressConflict = (address, _) => conflicts.Add(address) });
        var claim = Frames.Arp(ArpOperation.Request, Station.PeerMac, Station.Own, default, Station.Own, MacAddress.Broadcast);
        for (var time = 0; time < 10; time++)
        {
            station.Receive(claim);
            station.Advance(TimeSpan.FromSeconds(0.9));
        }

        var defence = Frames.ArpOf(Assert.Single(station.Take()));
        Assert.Equal((Station.OwnMac, Station.Own), (defence.SenderHardwareAddress, defence.SenderProtocolAddress));
        station.Advance(TimeSpan.FromSeconds(2));
        station.Receive(claim);
        Assert.Single(station.Take());
        Assert.Equal([Station.Own, Station.Own], conflicts);
        Assert.True(station.Layer.IsLocal(Station.Own));
        Assert.Equal(0, station.Layer.Neighbors.Count);
    }

    [Fact]
    public void A_probe_for_an_address_of_this_host_is_answered_RFC_5227_2_1_1()
    {
        var station = new Station();
        station.Receive(Frames.Arp(
            ArpOperation.Request, Station.PeerMac, IPv4Address.Unspecified, default, Station.Own, MacAddress.Broadcast));
        Assert.Equal(ArpOperation.Reply, Frames.ArpOf(Assert.Single(station.Take())).Operation);
        Assert.Equal(0, station.Layer.Neighbors.Count);
    }

    private static Station Probing(List<NetworkAddress>? conflicts = null, bool isStarted = true) => new(
        new()
        {
            Addresses = [new(Station.Own, 24)],
            FormLinkLocalAddress = false,
            IPv4Probes = 3,
            Random = new Random(Station.Seed),
            AddressConflict = (address, _) => conflicts?.Add(address),
        },
        isStarted: isStarted);

    private static void Answer(Station station) =>
        station.Receive(
            Frames.Arp(ArpOperation.Reply, Station.PeerMac, Station.Peer, Station.OwnMac, Station.Own, Station.OwnMac));
}
