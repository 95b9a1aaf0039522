using Broadside.NetStack.Network;

namespace Broadside.NetStack.Tests.Network;

public sealed class NeighborDiscoveryInputTests
{
    private static readonly IPv6Address LinkLocal = Station.IPv6("fe80::ff:fe00:1");

    [Fact]
    public void The_link_local_address_is_made_of_the_device_s_RFC_2464_4()
    {
        var station = new Station();
        Assert.True(station.Layer.IsLocal(LinkLocal));
        Assert.True(station.Layer.IsLocal(Station.Own6));
    }

    [Fact]
    public void A_host_without_IPv6_addresses_claims_none()
    {
        var station = new Station(
            new() { Addresses = [new(Station.Own, 24)], Random = new Random(Station.Seed) }, isStarted: false);
        Assert.True(station.Layer.IsReady);
        Assert.Equal(Station.Own, Assert.Single(station.Layer.Addresses).Address);
    }

    [Fact]
    public void Routers_that_advertise_themselves_are_ignored()
    {
        var station = new Station();
        var header = new IPv6Representation
        {
            SourceAddress = Station.IPv6("fe80::9"),
            DestinationAddress = IPv6Address.AllNodes,
            NextHeader = InternetProtocol.Icmpv6,
            PayloadLength = 0,
            HopLimit = NdpMessage.HopLimit,
        };
        var advertisement = new RouterAdvertisementRepresentation
        {
            RouterLifetime = 1800,
            SourceLinkLayerAddress = Station.PeerMac,
            Mtu = 1280,
        };
        var message = new byte[advertisement.Length];
        advertisement.Emit(message, header);
        station.Receive(Frames.IPv6(
            InternetProtocol.Icmpv6,
            message,
            _ => header with { PayloadLength = message.Length },
            MacAddress.ForMulticast(IPv6Address.AllNodes)));
        Assert.False(station.Layer.TryFindPath(IPv6Address.Unspecified, Station.IPv6("2001:db8::1"), out _));
        Assert.Equal(0, station.Layer.Neighbors.Count);
    }

    [Fact]
    public void A_question_for_this_host_is_answered_and_its_sender_remembered_RFC_4861_7_2_4()
    {
        var station = new Station();
        station.Receive(Frames.Solicitation(Station.PeerMac, Station.Peer6, Station.Own6));
        var frame = Assert.Single(station.Take());
        Assert.Equal(Station.PeerMac, Frames.DestinationOf(frame));
        var answer = AdvertisementOf(frame, out var header);
        Assert.Equal((Station.Own6, Station.Peer6), (header.SourceAddress, header.DestinationAddress));
        Assert.Equal(
            new() { Solicited = true, Override = true, TargetAddress = Station.Own6, TargetLinkLayerAddress = Station.OwnMac },
            answer);
        Assert.Equal(NeighborState.Stale, station.Layer.Neighbors.Find(Station.Peer6)!.State);
    }

    [Fact]
    public void A_question_for_another_is_not_answered()
    {
        var station = new Station();

        // Its group is this host's too.
        station.Receive(Frames.Solicitation(Station.PeerMac, Station.Peer6, Station.IPv6("fd00:0:0:1::1")));
        Assert.Empty(station.Take());
        Assert.Equal(0, station.Layer.Neighbors.Count);
    }

    [Fact]
    public void A_neighbor_is_asked_for_on_its_solicited_node_group_RFC_4861_7_2_2()
    {
        var station = new Station();
        station.Send(Station.Peer6, Frames.Udp(Station.Own6, Station.Peer6, []));
        var frame = Assert.Single(station.Take());
        Assert.Equal(MacAddress.ForMulticast(Station.Peer6.SolicitedNode), Frames.DestinationOf(frame));
        var packet = Frames.IPv6Of(frame);
        Assert.Equal((Station.Own6, Station.Peer6.SolicitedNode), (packet.SourceAddress, packet.DestinationAddress));
        Assert.Equal(NdpMessage.HopLimit, packet.HopLimit);
        Assert.Equal(new(Station.Peer6, Station.OwnMac), SolicitationOf(frame));
    }

    [Fact]
    public void A_message_from_beyond_a_router_is_refused_RFC_4861_7_1_1()
    {
        var station = new Station();
        var frame = Frames.Solicitation(Station.PeerMac, Station.Peer6, Station.Own6);
        frame[EthernetFrame.HeaderLength + 7]--;
        station.Receive(frame);
        Assert.Empty(station.Take());
        Assert.Equal(1, station.Counters[PacketDefect.BadNeighborDiscovery]);
    }

    [Fact]
    public void A_message_in_a_fragment_is_ignored_even_if_it_is_whole_RFC_6980_5()
    {
        var station = new Station();
        var plain = Frames.PacketOf(Frames.Solicitation(Station.PeerMac, Station.Peer6, Station.Own6))[IPv6Packet.HeaderLength..];
        var payload = new byte[IPv6FragmentHeader.Length + plain.Length];
        new IPv6FragmentHeader(InternetProtocol.Icmpv6, 0, false, 1).Emit(payload);
        plain.CopyTo(payload.AsSpan(IPv6FragmentHeader.Length));
        station.Receive(Frames.IPv6(
            InternetProtocol.Fragment,
            payload,
            header => header with { HopLimit = 255, DestinationAddress = Station.Own6.SolicitedNode }));
        Assert.Empty(station.Take());
        Assert.Equal(1, station.Counters[PacketDefect.BadNeighborDiscovery]);
    }

    [Fact]
    public void Unasked_advertisements_make_no_entry_RFC_4861_7_2_5()
    {
        var station = new Station();
        Advertise(station, Station.PeerMac, isSolicited: true, overrides: true);
        Assert.Equal(0, station.Layer.Neighbors.Count);
    }

    [Theory]
    [InlineData(false, false, nameof(NeighborState.Stale), true)]
    [InlineData(true, false, nameof(NeighborState.Stale), true)]
    [InlineData(false, true, nameof(NeighborState.Stale), false)]
    [InlineData(true, true, nameof(NeighborState.Reachable), false)]
    public void An_advertisement_of_another_address_does_what_its_flags_say_RFC_4861_7_2_5(
        bool isSolicited, bool overrides, string expected, bool keepsAddress)
    {
        var station = new Station();
        station.Send(Station.Peer6, Frames.Udp(Station.Own6, Station.Peer6, []));
        Advertise(station, Station.PeerMac, isSolicited: true, overrides: true);
        var neighbor = station.Layer.Neighbors.Find(Station.Peer6)!;
        Assert.Equal(NeighborState.Reachable, neighbor.State);
        var other = new MacAddress(0x02_00_00_00_00_99);
        Advertise(station, other, isSolicited, overrides);
        Assert.Equal((Enum.Parse<NeighborState>(expected), keepsAddress ? Station.PeerMac : other), (neighbor.State, neighbor.LinkAddress));
    }

    [Fact]
    public void An_address_is_used_only_when_nobody_has_answered_RFC_4862_5_4()
    {
        var station = Detecting();
        Assert.False(station.Layer.IsReady);
        station.Advance(TimeSpan.FromSeconds(1));
        var question = station.Take().Where(frame => Frames.TypeOf(frame) == EtherType.IPv6)
            .Single(frame => SolicitationOf(frame).TargetAddress == Station.Own6);
        var packet = Frames.IPv6Of(question);
        Assert.True(packet.SourceAddress.IsUnspecified);
        Assert.Equal(Station.Own6.SolicitedNode, packet.DestinationAddress);
        Assert.Null(SolicitationOf(question).SourceLinkLayerAddress);
        Assert.False(station.Layer.IsLocal(Station.Own6));
        station.Advance(TimeSpan.FromSeconds(1));
        Assert.True(station.Layer.IsReady && station.Layer.IsLocal(Station.Own6));
    }

    [Fact]
    public void Packets_to_a_tentative_address_are_dropped_RFC_4862_5_4()
    {
        var station = Detecting();
        station.Receive(Frames.IPv6(InternetProtocol.Udp, Frames.Udp(Station.Peer6, Station.Own6, [])));
        station.Receive(Frames.Solicitation(Station.PeerMac, Station.Peer6, Station.Own6));
        Assert.Equal(0, station.Transport.Count);
        Assert.Empty(station.Take());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_address_that_another_has_or_wants_is_not_used_RFC_4862_5_4_3(bool hasIt)
    {
        var station = Detecting();
        station.Advance(TimeSpan.FromSeconds(0.5));
        station.Receive(hasIt
            ? Frames.Advertisement(
                Station.PeerMac,
                Station.Own6,
                IPv6Address.AllNodes,
                new() { Override = true, TargetAddress = Station.Own6, TargetLinkLayerAddress = Station.PeerMac },
                MacAddress.ForMulticast(IPv6Address.AllNodes))
            : Frames.Solicitation(Station.PeerMac, IPv6Address.Unspecified, Station.Own6));
        station.Advance(TimeSpan.FromMinutes(1));
        Assert.False(station.Layer.IsLocal(Station.Own6));
        Assert.True(station.Layer.IsLocal(LinkLocal));
        Assert.Equal(1, station.Counters[NetworkCounter.AddressConflict]);
    }

    [Fact]
    public void Who_wants_an_address_of_this_host_is_told_with_all_others_RFC_4861_7_2_4()
    {
        var station = new Station();
        station.Receive(Frames.Solicitation(Station.PeerMac, IPv6Address.Unspecified, Station.Own6));
        var frame = Assert.Single(station.Take());
        Assert.Equal(MacAddress.ForMulticast(IPv6Address.AllNodes), Frames.DestinationOf(frame));
        var answer = AdvertisementOf(frame, out var header);
        Assert.Equal(IPv6Address.AllNodes, header.DestinationAddress);
        Assert.False(answer.Solicited);
    }

    [Fact]
    public void An_address_that_another_claims_is_kept_and_the_conflict_told()
    {
        var conflicts = new List<NetworkAddress>();
        var station = new Station(Station.Options() with { AddressConflict = (address, _) => conflicts.Add(address) });
        Advertise(station, Station.PeerMac, isSolicited: false, overrides: true, Station.Own6);
        Advertise(station, Station.PeerMac, isSolicited: false, overrides: true, Station.Own6);
        Assert.Equal([Station.Own6], conflicts);
        Assert.True(station.Layer.IsLocal(Station.Own6));
    }

    private static Station Detecting() =>
        new(Station.Options() with { DuplicateAddressDetectionTransmits = 1 }, isStarted: false);

    private static void Advertise(
        Station station, MacAddress mac, bool isSolicited, bool overrides, IPv6Address? target = null)
    {
        station.Receive(Frames.Advertisement(
            Station.PeerMac,
            Station.Peer6,
            Station.Own6,
            new()
            {
                Solicited = isSolicited,
                Override = overrides,
                TargetAddress = target ?? Station.Peer6,
                TargetLinkLayerAddress = mac,
            },
            Station.OwnMac));
    }

    private static NeighborSolicitationRepresentation SolicitationOf(byte[] frame)
    {
        Read(frame, out var message, out var header);
        Assert.True(NeighborSolicitationRepresentation.TryParse(
            message, header, ChecksumValidation.Software, out var solicitation, out var defect), defect.ToString());
        return solicitation;
    }

    private static NeighborAdvertisementRepresentation AdvertisementOf(byte[] frame, out IPv6Representation header)
    {
        Read(frame, out var message, out header);
        Assert.True(NeighborAdvertisementRepresentation.TryParse(
            message, header, ChecksumValidation.Software, out var advertisement, out var defect), defect.ToString());
        return advertisement;
    }

    private static void Read(byte[] frame, out Icmpv6Packet message, out IPv6Representation header)
    {
        var packet = Frames.IPv6Of(frame);
        Assert.True(IPv6Representation.TryParse(packet, out header, out _));
        Assert.True(Icmpv6Packet.TryParse(packet.Payload, out message, out _));
    }
}
