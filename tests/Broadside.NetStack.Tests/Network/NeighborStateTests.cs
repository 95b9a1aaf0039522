using Broadside.NetStack.Network;

namespace Broadside.NetStack.Tests.Network;

/// <summary>The states of RFC 4861 section 7.3, for both families.</summary>
public sealed class NeighborStateTests
{
    public static TheoryData<bool> Families => [true, false];

    [Theory]
    [MemberData(nameof(Families))]
    public void A_neighbor_whose_address_was_only_learnt_is_used_and_probed_after_five_seconds_RFC_4861_7_3_3(bool isIPv4)
    {
        var station = new Station();
        station.Introduce();
        Assert.Equal(NeighborState.Stale, StateOf(station, isIPv4));
        Send(station, isIPv4);
        Assert.Equal(NeighborState.Delay, StateOf(station, isIPv4));
        station.Take();
        station.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Empty(station.Take());
        station.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(NeighborState.Probe, StateOf(station, isIPv4));

        // RFC 1122 section 2.3.2.1 (2): a unicast poll.
        Assert.Equal(Station.PeerMac, Frames.DestinationOf(Assert.Single(station.Take())));
        Answer(station, isIPv4);
        Assert.Equal(NeighborState.Reachable, StateOf(station, isIPv4));
        station.Advance(TimeSpan.FromMinutes(2));
        Assert.Empty(station.Take());
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_neighbor_that_does_not_answer_three_probes_is_forgotten_and_asked_for_anew(bool isIPv4)
    {
        var station = new Station();
        station.Introduce();
        Send(station, isIPv4);
        station.Take();
        station.Advance(TimeSpan.FromSeconds(5 + 3.1));
        Assert.Equal(3, station.Take().Count);
        Assert.Null(station.Layer.Neighbors.Find(PeerOf(isIPv4)));
        Send(station, isIPv4);
        Assert.True(Frames.DestinationOf(Assert.Single(station.Take())).IsGroup);
        Assert.Equal(NeighborState.Incomplete, StateOf(station, isIPv4));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_reachable_neighbor_becomes_stale_after_fifteen_to_forty_five_seconds(bool isIPv4)
    {
        var station = new Station();
        Send(station, isIPv4);
        Answer(station, isIPv4);
        Assert.Equal(NeighborState.Reachable, StateOf(station, isIPv4));
        station.Advance(TimeSpan.FromSeconds(14.9));
        Send(station, isIPv4);
        Assert.Equal(NeighborState.Reachable, StateOf(station, isIPv4));
        station.Advance(TimeSpan.FromSeconds(30.2));
        Send(station, isIPv4);
        Assert.Equal(NeighborState.Delay, StateOf(station, isIPv4));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_transport_that_hears_from_the_neighbor_saves_the_probe_RFC_4861_7_3_1(bool isIPv4)
    {
        var station = new Station();
        station.Introduce();
        Assert.True(station.Layer.TryFindPath(OwnOf(isIPv4), PeerOf(isIPv4), out var path));
        Send(station, isIPv4);
        path.ConfirmReachability(station.Now);
        Assert.Equal(NeighborState.Reachable, StateOf(station, isIPv4));
        station.Take();
        station.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty(station.Take());
    }

    [Fact]
    public void A_path_does_not_confirm_a_neighbor_whose_entry_is_another_s_now()
    {
        var station = new Station(Station.Options() with { MaximumNeighbors = 1 });
        station.Introduce();
        Assert.True(station.Layer.TryFindPath(Station.Own6, Station.Peer6, out var path));
        Send(station, false);
        station.Receive(Frames.Arp(
            ArpOperation.Request, Station.PeerMac, Station.Peer, default, Station.Own, MacAddress.Broadcast));
        path.ConfirmReachability(station.Now);
        Assert.Equal(NeighborState.Stale, StateOf(station, true));
    }

    [Fact]
    public void A_scan_of_the_network_forgets_nobody_who_has_answered()
    {
        var station = new Station(Station.Options() with { Addresses = [new(Station.Own, 8)], MaximumNeighbors = 64 });
        station.Introduce();
        Send(station, true);
        for (var host = 0; host < 4_000; host++)
        {
            station.Send(new IPv4Address(0x0A_10_00_00 + (uint)host), Frames.Udp(Station.Own, Station.Peer, []));
            station.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(64, station.Layer.Neighbors.Count);
        Assert.InRange(station.Layer.Neighbors.PendingCount, 1, 64);
        Assert.NotNull(station.Layer.Neighbors.Find(Station.Peer));
        station.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(0, station.Layer.Neighbors.PendingCount);
    }

    [Fact]
    public void Made_up_neighbors_forget_none_that_is_in_use()
    {
        var station = new Station(Station.Options() with { Addresses = [new(Station.Own, 8)], MaximumNeighbors = 64 });
        station.Introduce();
        for (var host = 0; host < 10_000; host++)
        {
            Send(station, true);
            var sender = new IPv4Address(0x0A_10_00_00 + (uint)host);
            station.Receive(Frames.Arp(
                ArpOperation.Request, new MacAddress(0x02_11_00_00_00_00 + (ulong)host), sender, default, Station.Own, MacAddress.Broadcast));
        }

        Assert.Equal(64, station.Layer.Neighbors.Count);
        Assert.NotNull(station.Layer.Neighbors.Find(Station.Peer));
    }

    [Fact]
    public void A_transport_may_send_again_from_within_the_word_that_nobody_answered()
    {
        var station = new Station();
        var resending = new ResendingTransport(station);
        station.Layer.Register(InternetProtocol.Udp, resending);
        Send(station, true);
        station.Advance(TimeSpan.FromSeconds(30));
        Assert.InRange(resending.Errors, 9, 10);
        Assert.Equal(1, station.Layer.Neighbors.PendingCount);
    }

    private static NetworkAddress PeerOf(bool isIPv4) => isIPv4 ? Station.Peer : Station.Peer6;

    private static NetworkAddress OwnOf(bool isIPv4) => isIPv4 ? Station.Own : Station.Own6;

    private static NeighborState StateOf(Station station, bool isIPv4) => station.Layer.Neighbors.Find(PeerOf(isIPv4))!.State;

    private static void Send(Station station, bool isIPv4) =>
        Assert.Equal(TransmitResult.Sent, station.Send(PeerOf(isIPv4), Frames.Udp(OwnOf(isIPv4), PeerOf(isIPv4), [])));

    private static void Answer(Station station, bool isIPv4)
    {
        station.Receive(isIPv4
            ? Frames.Arp(ArpOperation.Reply, Station.PeerMac, Station.Peer, Station.OwnMac, Station.Own, Station.OwnMac)
            : Frames.Advertisement(
                Station.PeerMac,
                Station.Peer6,
                Station.Own6,
                new() { Solicited = true, TargetAddress = Station.Peer6, TargetLinkLayerAddress = Station.PeerMac },
                Station.OwnMac));
        station.Take();
    }

    private sealed class ResendingTransport(Station station) : ITransport
    {
        public int Errors { get; private set; }

        public void Process(in IncomingPacket packet, TimeSpan now)
        {
        }

        public void ProcessError(in DeliveryError error, TimeSpan now)
        {
            Errors++;
            station.Send(Station.Peer, Frames.Udp(Station.Own, Station.Peer, []));
        }
    }
}
