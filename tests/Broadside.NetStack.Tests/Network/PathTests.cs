using Broadside.NetStack.Network;

namespace Broadside.NetStack.Tests.Network;

/// <summary>Routes, source addresses, paths and what they carry.</summary>
public sealed class PathTests
{
    private static readonly NetworkAddress Far = Station.IPv4("192.0.2.1");

    [Theory]
    [InlineData("10.9.0.7", "10.9.0.7")]
    [InlineData("192.0.2.1", "10.9.0.254")]
    [InlineData("198.51.100.9", "10.9.0.253")]
    [InlineData("fd00::7", "fd00::7")]
    [InlineData("2001:db8::1", "fd00::ff")]
    [InlineData("2001:db8:1::1", "fd00::fe")]
    public void The_longest_prefix_says_who_takes_a_packet_RFC_1122_3_3_1(string remote, string neighbor)
    {
        var station = new Station(Routed());
        station.Send(Address(remote), Frames.Bytes(20));
        Assert.NotNull(station.Layer.Neighbors.Find(Address(neighbor)));
        Assert.Equal(1, station.Layer.Neighbors.Count);
    }

    [Fact]
    public void Without_a_route_there_is_no_path()
    {
        var station = new Station();
        Assert.False(station.Layer.TryFindPath(IPv4Address.Unspecified, Far, out _));
        Assert.False(station.Layer.TryFindPath(Station.IPv4("10.9.0.77"), Station.Peer, out _));
        Assert.False(station.Layer.TryFindPath(Station.Own, Station.Peer6, out _));
        Assert.False(station.Layer.TryFindPath(Station.Own, IPv4Address.Unspecified, out _));
    }

    [Theory]
    [InlineData("10.9.0.7", "10.9.0.1")]
    [InlineData("10.8.0.7", "10.8.0.1")]
    [InlineData("192.0.2.1", "10.9.0.1")]
    [InlineData("fd00::7", "fd00::1")]
    [InlineData("2001:db8::7", "2001:db8::1")]
    [InlineData("fe80::7", "fe80::ff:fe00:1")]
    [InlineData("ff02::1", "fe80::ff:fe00:1")]
    [InlineData("2001:db8::1", "2001:db8::1")]
    [InlineData("127.0.0.5", "127.0.0.1")]
    [InlineData("::1", "::1")]
    public void The_source_is_of_the_same_scope_and_the_longest_prefix_RFC_6724_5(string remote, string source)
    {
        var options = Routed();
        var station = new Station(
            options with { Addresses = [.. options.Addresses, new(Station.IPv4("10.8.0.1"), 16), new(Station.IPv6("2001:db8::1"), 64)] });
        Assert.True(station.Layer.TrySelectSource(Address(remote), out var selected));
        Assert.Equal(Address(source), selected);
    }

    [Fact]
    public void A_path_is_shared_by_all_who_talk_to_an_address()
    {
        var station = new Station();
        Assert.True(station.Layer.TryFindPath(IPv4Address.Unspecified, Station.Peer, out var one));
        Assert.True(station.Layer.TryFindPath(Station.Own, Station.Peer, out var other));
        Assert.Same(one, other);
        Assert.Equal(((NetworkAddress)Station.Own, (NetworkAddress)Station.Peer), (one.Local, one.Remote));
        Assert.Equal((1500, 20), (one.MaximumTransmissionUnit, one.NetworkHeaderLength));
    }

    [Fact]
    public void Paths_are_bounded_and_those_in_use_stay()
    {
        var station = new Station(Routed() with { MaximumPaths = 100 });
        Assert.True(station.Layer.TryFindPath(Station.Own, Station.Peer, out var used));
        for (uint host = 0; host < 10_000; host++)
        {
            station.Layer.TryFindPath(Station.Own, new IPv4Address(0xC633_6400 + host), out _);
            Assert.True(station.Layer.TryFindPath(Station.Own, Station.Peer, out var again));
            Assert.Same(used, again);
        }

        Assert.Equal(100, station.Layer.PathCount);
    }

    [Fact]
    public void Strangers_are_answered_without_a_path()
    {
        var station = new Station(Routed());
        for (uint host = 0; host < 1000; host++)
        {
            var packet = new OutgoingPacket { Protocol = InternetProtocol.Tcp, TransportHeader = Frames.Bytes(20) };
            station.Layer.TrySend(Station.Own, new IPv4Address(0xC000_0200 + host), packet, station.Now);
        }

        Assert.Equal(0, station.Layer.PathCount);
        Assert.Equal(1, station.Layer.Neighbors.Count);
    }

    [Fact]
    public void A_router_s_word_lowers_what_a_path_carries_for_ten_minutes_RFC_1191_6_3()
    {
        var station = new Station(Routed());
        Assert.True(station.Layer.TryFindPath(Station.Own, Far, out var path));
        path.LowerMaximumTransmissionUnit(1400, station.Now);
        Assert.Equal(1400, path.MaximumTransmissionUnit);
        path.LowerMaximumTransmissionUnit(1450, station.Now);
        Assert.Equal(1400, path.MaximumTransmissionUnit);
        station.Advance(TimeSpan.FromMinutes(9.9));
        station.Send(Far, Frames.Bytes(20));
        Assert.Equal(1400, path.MaximumTransmissionUnit);
        station.Advance(TimeSpan.FromMinutes(0.2));
        station.Send(Far, Frames.Bytes(20));
        Assert.Equal(1500, path.MaximumTransmissionUnit);
    }

    [Fact]
    public void A_router_that_does_not_say_how_much_it_carries_has_the_next_plateau_tried_RFC_1191_7()
    {
        var station = new Station(Routed(), maximumTransmissionUnit: 9000);
        Assert.True(station.Layer.TryFindPath(Station.Own, Far, out var path));
        List<int> carried = [];
        for (var message = 0; message < 7; message++)
        {
            path.LowerMaximumTransmissionUnit(0, station.Now);
            carried.Add(path.MaximumTransmissionUnit);
        }

        Assert.Equal([8166, 4352, 2002, 1492, 1006, 552, 552], carried);
    }

    [Theory]
    [InlineData("192.0.2.1", 552)]
    [InlineData("2001:db8::1", 1280)]
    public void No_word_lowers_it_below_the_least_RFC_8201_4(string remote, int least)
    {
        var station = new Station(Routed());
        var address = Address(remote);
        Assert.True(station.Layer.TryFindPath(address.IsIPv4 ? Station.Own : Station.Own6, address, out var path));
        path.LowerMaximumTransmissionUnit(68, station.Now);
        Assert.Equal(least, path.MaximumTransmissionUnit);
    }

    [Fact]
    public void A_path_follows_its_neighbor_s_entry()
    {
        var station = new Station(Station.Options() with { MaximumNeighbors = 1 });
        station.Introduce();
        station.Receive(Frames.Arp(ArpOperation.Request, Station.PeerMac, Station.Peer, default, Station.Own, MacAddress.Broadcast));
        station.Take();
        station.Send(Station.Peer, Frames.Bytes(20));
        station.Send(Station.Peer6, Frames.Bytes(20));
        station.Send(Station.Peer, Frames.Bytes(20));
        Assert.Equal(
            [EtherType.IPv4, EtherType.IPv6, EtherType.Arp],
            station.Take().Select(Frames.TypeOf));
    }

    [Theory]
    [InlineData("10.9.0.1")]
    [InlineData("127.0.0.1")]
    [InlineData("fd00::1")]
    [InlineData("::1")]
    public void Packets_to_this_host_come_back_without_the_device(string remote)
    {
        var station = new Station();
        station.Device.Up = false;
        var payload = Frames.Bytes(40_000);
        Assert.Equal(TransmitResult.Sent, station.Send(Address(remote), payload));
        Assert.True(station.Layer.HasLoopback);
        Assert.Equal(0, station.Transport.Count);
        station.Layer.ProcessLoopback(station.Now);
        Assert.False(station.Layer.HasLoopback);
        Assert.Equal(payload, Assert.Single(station.Transport.Packets).Payload);
        Assert.Empty(station.Take());
    }

    [Fact]
    public void An_echo_of_this_host_to_itself_takes_two_rounds()
    {
        var station = new Station();
        station.Send(Station.Own, Frames.EchoRequest(1, Frames.Bytes(100)), protocol: InternetProtocol.Icmp);
        station.Layer.ProcessLoopback(station.Now);
        Assert.Equal(0, station.Transport.Count);
        station.Layer.ProcessLoopback(station.Now);
        Assert.Equal(1, station.Transport.Count);
    }

    [Fact]
    public void The_queue_to_this_host_is_bounded_and_keeps_its_order()
    {
        var station = new Station(Station.Options() with { LoopbackCapacity = 10_000 });
        var random = new Random(Station.Seed);
        var expected = new Queue<byte[]>();
        for (var round = 0; round < 2000; round++)
        {
            var payload = Frames.Bytes(random.Next(1, 3000));
            if (station.Send(Station.Own, payload) == TransmitResult.Sent)
            {
                expected.Enqueue(payload);
            }

            if (random.Next(3) == 0)
            {
                station.Layer.ProcessLoopback(station.Now);
            }
        }

        station.Layer.ProcessLoopback(station.Now);
        Assert.Equal(expected, station.Transport.Packets.Select(packet => packet.Payload));
        Assert.True(station.Counters[NetworkCounter.LoopbackFull] > 0);
    }

    private static NetworkOptions Routed() => Station.Options() with
    {
        Routes =
        [
            Route.Default(Station.IPv4("10.9.0.254")),
            new(new(Station.IPv4("198.51.100.0"), 24), Station.IPv4("10.9.0.253")),
            Route.Default(Station.IPv6("fd00::ff")),
            new(new(Station.IPv6("2001:db8:1::"), 48), Station.IPv6("fd00::fe")),
        ],
    };

    private static NetworkAddress Address(string text) => NetworkAddress.From(System.Net.IPAddress.Parse(text));
}
