using Broadside.NetStack.Network;

namespace Broadside.NetStack.Tests.Network;

/// <summary>The headers that packets get, and what becomes of those that are too long.</summary>
public sealed class OutputTests
{
    private static readonly Arena Memory = new();

    private readonly Station _station = new();

    public OutputTests() => _station.Introduce();

    [Fact]
    public void A_packet_that_may_not_be_cut_says_so_and_needs_no_identification_RFC_6864_4_1()
    {
        var path = Path(Station.Peer);
        Send(path, Frames.Bytes(20), ecn: EcnCodepoint.EcnCapable0);
        Send(path, Frames.Bytes(20));
        var sent = _station.Take();
        var packet = Frames.IPv4Of(sent[0]);
        Assert.True(packet.DontFragment);
        Assert.Equal((64, EcnCodepoint.EcnCapable0), (packet.TimeToLive, packet.Ecn));
        Assert.Equal([0, 0], sent.Select(frame => Frames.IPv4Of(frame).Identification));
        Assert.Equal(Station.PeerMac, Frames.DestinationOf(sent[0]));
    }

    [Fact]
    public void Packets_that_may_be_cut_have_identifications_of_their_own_RFC_6864_4_3()
    {
        for (var packet = 0; packet < 1000; packet++)
        {
            _station.Send(Station.Peer, Frames.Bytes(20), allowsFragmentation: true);
        }

        var identifications = _station.Take().Select(frame => Frames.IPv4Of(frame).Identification).ToList();
        Assert.Equal(1000, identifications.Distinct().Count());
        var other = new Station(Station.Options() with { Random = new Random(99) });
        other.Introduce();
        other.Send(Station.Peer, Frames.Bytes(20), allowsFragmentation: true);
        Assert.NotEqual(identifications[0], Frames.IPv4Of(other.Take()[0]).Identification);
    }

    [Fact]
    public void Identifications_follow_each_other_though_no_path_is_remembered_RFC_7739_5_3()
    {
        List<int> identifications = [];
        for (var packet = 0; packet < 200; packet++)
        {
            var datagram = new OutgoingPacket
            {
                Protocol = InternetProtocol.Udp,
                TransportHeader = Frames.Bytes(20),
                AllowsFragmentation = true,
            };
            _station.Layer.TrySend(Station.Own, Station.Peer, datagram, _station.Now);
            identifications.Add(Frames.IPv4Of(Assert.Single(_station.Take())).Identification);
        }

        Assert.Equal(0, _station.Layer.PathCount);
        Assert.Equal(200, identifications.Distinct().Count());
    }

    [Fact]
    public void Packets_of_a_path_have_one_flow_label_RFC_6437_3()
    {
        Send(Path(Station.Peer6), Frames.Bytes(20));
        Send(Path(Station.Peer6), Frames.Bytes(20));
        var labels = _station.Take().Select(frame => Frames.IPv6Of(frame).FlowLabel).ToList();
        Assert.Equal(labels[0], labels[1]);
        Assert.NotEqual(0u, labels[0]);
        Assert.Equal(64, IPv6Representation.DefaultHopLimit);
    }

    [Fact]
    public void Payload_by_reference_follows_the_headers()
    {
        var payload = Extents(100, 33);
        var bytes = payload.SelectMany(extent => extent.Span.ToArray()).ToArray();
        Send(Path(Station.Peer), Frames.Bytes(20), payload);
        Send(Path(Station.Peer6), Frames.Bytes(32), payload);
        var sent = _station.Take();
        Assert.Equal([.. Frames.Bytes(20), .. bytes], Frames.IPv4Of(sent[0]).Payload);
        Assert.Equal([.. Frames.Bytes(32), .. bytes], Frames.IPv6Of(sent[1]).Payload);
    }

    [Theory]
    [InlineData("10.9.0.2")]
    [InlineData("fd00::2")]
    public void What_is_longer_than_the_path_carries_is_cut_if_it_may_be_RFC_791_RFC_8200_4_5(string remote)
    {
        var address = NetworkAddress.From(System.Net.IPAddress.Parse(remote));
        var payload = Extents(1700, 999, 1700);
        var header = Frames.Bytes(8);
        byte[] expected = [.. header, .. payload.SelectMany(extent => extent.Span.ToArray())];
        Assert.Equal(TransmitResult.Sent, Send(Path(address), header, payload, allowsFragmentation: true));
        var sent = _station.Take();
        Assert.Equal(address.IsIPv4 ? 3 : 4, sent.Count);
        Assert.All(sent, frame => Assert.InRange(frame.Length, 0, 1514));
        var reassembler = new Reassembler(new());
        var whole = sent.Select(frame => Add(reassembler, frame)).ToList()[^1];
        Assert.Equal(expected, whole);
        Assert.Equal(TransmitResult.Dropped, Send(Path(address), header, payload));
        Assert.Equal(1, _station.Counters[NetworkCounter.TooLong]);
        Assert.Empty(_station.Take());
    }

    [Fact]
    public void What_the_device_cuts_itself_is_passed_on_whole()
    {
        _station.Device.Segmented = 65536;
        var payload = Extents(9000);
        var path = Path(Station.Peer);
        Assert.Equal(65536 - 14 - 20, path.MaximumSegmentedLength);
        Send(path, Frames.Bytes(32), payload, segmentSize: 1448);
        Assert.Equal(14 + 20 + 32 + 9000, Assert.Single(_station.Take()).Length);
        Assert.Equal((1448, 14 + 20), (_station.Device.LastSegmentSize, _station.Device.LastTransportOffset));
        Send(Path(Station.Peer6), Frames.Bytes(32), payload, segmentSize: 1428);
        Assert.Equal((1428, 14 + 40), (_station.Device.LastSegmentSize, _station.Device.LastTransportOffset));
        _station.Device.Segmented = 0;
        Assert.Equal(0, path.MaximumSegmentedLength);
    }

    [Fact]
    public void A_full_device_is_told_apart_from_a_dead_one()
    {
        _station.Device.HasRoom = false;
        Assert.Equal(TransmitResult.NoRoom, _station.Send(Station.Peer, Frames.Bytes(20)));
        Assert.Equal(TransmitResult.NoRoom, _station.Send(Station.Peer, Frames.Bytes(3000), allowsFragmentation: true));
        _station.Device.Up = false;
        Assert.Equal(TransmitResult.Dropped, _station.Send(Station.Peer, Frames.Bytes(20)));
        Assert.Equal(1, _station.Counters[NetworkCounter.LinkDown]);
    }

    [Theory]
    [InlineData("255.255.255.255", "ff:ff:ff:ff:ff:ff")]
    [InlineData("10.9.0.255", "ff:ff:ff:ff:ff:ff")]
    [InlineData("224.0.0.251", "01:00:5e:00:00:fb")]
    [InlineData("ff02::fb", "33:33:00:00:00:fb")]
    public void A_packet_to_a_group_needs_no_neighbor_and_stays_on_the_link_RFC_1112_6(string remote, string link)
    {
        _station.Send(NetworkAddress.From(System.Net.IPAddress.Parse(remote)), Frames.Bytes(8));
        var frame = Assert.Single(_station.Take());
        Assert.Equal(link, Frames.DestinationOf(frame).ToString());
        Assert.Equal(1, Frames.TypeOf(frame) == EtherType.IPv4 ? Frames.IPv4Of(frame).TimeToLive : Frames.IPv6Of(frame).HopLimit);
    }

    [Fact]
    public void What_waits_for_a_neighbor_is_copied()
    {
        var remote = Station.IPv4("10.9.0.50");
        var payload = Extents(50);
        var header = Frames.Bytes(20);
        byte[] expected = [.. header, .. payload[0].Span];
        Send(Path(remote), header, payload);
        payload[0].Span.Clear();
        _station.Take();
        _station.Receive(Frames.Arp(ArpOperation.Reply, Station.PeerMac, remote, Station.OwnMac, Station.Own, Station.OwnMac));
        Assert.Equal(expected, Frames.IPv4Of(Assert.Single(_station.Take())).Payload);
    }

    private NetworkPath Path(NetworkAddress remote)
    {
        NetworkAddress any = remote.IsIPv4 ? IPv4Address.Unspecified : IPv6Address.Unspecified;
        Assert.True(_station.Layer.TryFindPath(any, remote, out var path));
        return path;
    }

    private TransmitResult Send(
        NetworkPath path,
        byte[] header,
        Extent[]? payload = null,
        bool allowsFragmentation = false,
        int segmentSize = 0,
        EcnCodepoint ecn = default)
    {
        return _station.Layer.TrySend(
            path,
            new OutgoingPacket
            {
                Protocol = InternetProtocol.Tcp,
                Ecn = ecn,
                TransportHeader = header,
                Payload = payload,
                PayloadLength = payload?.Sum(extent => extent.Length) ?? 0,
                SegmentSize = segmentSize,
                AllowsFragmentation = allowsFragmentation,
            },
            _station.Now);
    }

    private static Extent[] Extents(params int[] lengths) => [.. lengths.Select(length =>
    {
        var extent = Memory.Allocate(length);
        new Random(length).NextBytes(extent.Span);
        return extent;
    })];

    private static byte[]? Add(Reassembler reassembler, byte[] frame)
    {
        ReassembledDatagram whole;
        var outcome = Frames.TypeOf(frame) == EtherType.IPv4
            ? reassembler.Add(Fragment.Of(Frames.IPv4Of(frame)), default, out whole)
            : reassembler.Add(Fragment.Of(Frames.IPv6Of(frame), ChainOf(frame)), default, out whole);
        return outcome == FragmentOutcome.Completed ? whole.Payload.ToArray() : null;
    }

    private static IPv6HeaderChain ChainOf(byte[] frame)
    {
        Assert.True(IPv6HeaderChain.TryParse(Frames.IPv6Of(frame), out var chain, out _));
        return chain;
    }
}
