using Broadside.NetStack.Devices;
using Broadside.NetStack.Network;

namespace Broadside.NetStack.Tests.Network;

/// <summary>Which packets are for this host.</summary>
public sealed class InputTests
{
    private static readonly byte[] Datagram = Frames.Udp(Station.Peer, Station.Own, [1, 2, 3]);
    private static readonly byte[] Datagram6 = Frames.Udp(Station.Peer6, Station.Own6, [1, 2, 3]);

    private readonly Station _station = new();

    [Fact]
    public void A_packet_for_this_host_is_delivered_without_its_headers_and_padding()
    {
        var frame = Frames.IPv4(InternetProtocol.Udp, Datagram, header => header with { Ecn = EcnCodepoint.CongestionExperienced });
        _station.Receive([.. frame, 0, 0, 0, 0, 0]);
        _station.Receive(Frames.IPv6(InternetProtocol.Udp, Datagram6));
        Assert.Equal(
            [(Station.Peer, Station.Own, EcnCodepoint.CongestionExperienced), (Station.Peer6, Station.Own6, default)],
            _station.Transport.Packets.Select(packet => (packet.Source, packet.Destination, packet.Ecn)));
        Assert.Equal([Datagram, Datagram6], _station.Transport.Packets.Select(packet => packet.Payload));
        Assert.All(_station.Transport.Packets, packet => Assert.False(packet.IsGroup));
    }

    [Fact]
    public void A_frame_for_another_station_is_dropped()
    {
        _station.Receive(Frames.IPv4(InternetProtocol.Udp, Datagram, to: new MacAddress(0x02_00_00_00_00_03)));
        _station.Receive(Frames.IPv6(InternetProtocol.Udp, Datagram6, to: MacAddress.ForMulticast(Station.IPv6("ff02::1:ff12:3456"))));
        Assert.Equal(2, _station.Counters[NetworkCounter.FrameForOthers]);
        AssertNothing();
    }

    [Fact]
    public void A_frame_that_comes_back_is_dropped()
    {
        var frame = Frames.IPv4(InternetProtocol.Udp, Datagram);
        Station.OwnMac.Write(frame.AsSpan(MacAddress.Length));
        _station.Receive(frame);
        Assert.Equal(1, _station.Counters[NetworkCounter.OwnFrame]);
        AssertNothing();
    }

    [Theory]
    [InlineData("10.9.0.3")]
    [InlineData("224.0.0.251")]
    [InlineData("192.0.2.255")]
    public void A_packet_for_another_host_is_not_forwarded_RFC_1122_3_3_1_1(string destination)
    {
        _station.Receive(
            Frames.IPv4(InternetProtocol.Udp, Datagram, header => header with { DestinationAddress = Station.IPv4(destination) }));
        Assert.Equal(1, _station.Counters[NetworkCounter.PacketForOthers]);
        AssertNothing();
    }

    [Theory]
    [InlineData("255.255.255.255", true)]
    [InlineData("10.9.0.255", true)]
    [InlineData("224.0.0.1", false)]
    public void A_packet_for_all_is_delivered_as_such(string destination, bool isBroadcast)
    {
        var address = Station.IPv4(destination);
        _station.Receive(Frames.IPv4(
            InternetProtocol.Udp,
            Datagram,
            header => header with { DestinationAddress = address },
            isBroadcast ? MacAddress.Broadcast : MacAddress.ForMulticast(address)));
        Assert.True(Assert.Single(_station.Transport.Packets).IsGroup);
    }

    [Fact]
    public void A_packet_for_one_host_in_a_frame_for_all_is_dropped_RFC_1122_3_3_6()
    {
        _station.Receive(Frames.IPv4(InternetProtocol.Udp, Datagram, to: MacAddress.Broadcast));
        Assert.Equal(1, _station.Counters[NetworkCounter.UnicastInGroupFrame]);
        AssertNothing();
    }

    [Theory]
    [InlineData("10.9.0.1")]
    [InlineData("10.9.0.255")]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    public void A_packet_from_an_impossible_source_is_dropped_RFC_1122_3_2_1_3(string source)
    {
        _station.Receive(Frames.IPv4(InternetProtocol.Udp, Datagram, header => header with { SourceAddress = Station.IPv4(source) }));
        Assert.Equal(1, _station.Counters[NetworkCounter.ImpossibleSource]);
        AssertNothing();
    }

    [Theory]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("fd00::1")]
    public void A_packet_from_an_impossible_IPv6_source_is_dropped_RFC_4291_2_5(string source)
    {
        _station.Receive(Frames.IPv6(InternetProtocol.Udp, Datagram6, header => header with { SourceAddress = Station.IPv6(source) }));
        Assert.Equal(1, _station.Counters[NetworkCounter.ImpossibleSource]);
        AssertNothing();
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.1.2.3")]
    public void The_loopback_network_is_not_on_the_link_RFC_1122_3_2_1_3(string destination)
    {
        _station.Receive(
            Frames.IPv4(InternetProtocol.Udp, Datagram, header => header with { DestinationAddress = Station.IPv4(destination) }));
        _station.Receive(
            Frames.IPv6(InternetProtocol.Udp, Datagram6, header => header with { DestinationAddress = IPv6Address.Loopback }));
        Assert.Equal(2, _station.Counters[NetworkCounter.ImpossibleSource]);
        AssertNothing();
    }

    [Fact]
    public void A_corrupt_header_is_refused_and_counted()
    {
        var frame = Frames.IPv4(InternetProtocol.Udp, Datagram);
        frame[EthernetFrame.HeaderLength + 8] ^= 1;
        _station.Receive(frame, ChecksumValidation.Offloaded);
        Assert.Equal(1, _station.Counters[PacketDefect.BadChecksum]);
        AssertNothing();
    }

    [Fact]
    public void Options_are_tolerated_and_source_routes_are_not_RFC_7126()
    {
        _station.Receive(WithOptions([1, 1, 1, 0]));
        Assert.Equal(Datagram, Assert.Single(_station.Transport.Packets).Payload);
        _station.Receive(WithOptions([131, 3, 4, 0]));
        Assert.Equal(1, _station.Transport.Count);
        Assert.Equal(1, _station.Counters[PacketDefect.SourceRouted]);
    }

    [Fact]
    public void An_IPv6_packet_behind_options_is_delivered_RFC_8200_4()
    {
        byte[] options = [(byte)InternetProtocol.DestinationOptions, 0, 1, 4, 0, 0, 0, 0];
        byte[] next = [(byte)InternetProtocol.Udp, 0, 1, 4, 0, 0, 0, 0];
        _station.Receive(Frames.IPv6(InternetProtocol.HopByHopOptions, [.. options, .. next, .. Datagram6]));
        Assert.Equal(Datagram6, Assert.Single(_station.Transport.Packets).Payload);
    }

    [Fact]
    public void An_atomic_fragment_is_taken_by_itself_RFC_6946()
    {
        var payload = new byte[IPv6FragmentHeader.Length + Datagram6.Length];
        new IPv6FragmentHeader(InternetProtocol.Udp, 0, false, 1).Emit(payload);
        Datagram6.CopyTo(payload.AsSpan(IPv6FragmentHeader.Length));
        _station.Receive(Frames.IPv6(InternetProtocol.Fragment, payload));
        Assert.Equal(Datagram6, Assert.Single(_station.Transport.Packets).Payload);
        Assert.Equal(0, _station.Counters[NetworkCounter.Fragments]);
    }

    [Fact]
    public void A_device_without_a_link_layer_carries_packets_as_they_are()
    {
        var station = new Station(linkLayer: LinkLayer.None);
        station.Receive(Frames.PacketOf(Frames.IPv4(InternetProtocol.Udp, Datagram)));
        station.Receive(Frames.PacketOf(Frames.IPv6(InternetProtocol.Udp, Datagram6)));
        Assert.Equal(2, station.Transport.Count);
        station.Send(Station.Peer, Frames.Udp(Station.Own, Station.Peer, [9]));
        station.Send(Station.Peer6, Frames.Udp(Station.Own6, Station.Peer6, [9]));
        Assert.Equal([0x45, 0x60], station.Take().Select(packet => packet[0] & 0xF5));
        Assert.Equal(0, station.Layer.Neighbors.Count);
        Assert.Equal(TimeSpan.MaxValue, station.Layer.NextDeadline);
    }

    private static byte[] WithOptions(byte[] options)
    {
        var frame = Frames.IPv4(InternetProtocol.Udp, [.. options, .. Datagram]);
        var header = frame.AsSpan(EthernetFrame.HeaderLength, IPv4Representation.HeaderLength + options.Length);
        header[0]++;
        header[10] = header[11] = 0;
        var checksum = OnesComplementSum.Of(header).Checksum;
        (header[10], header[11]) = ((byte)(checksum >> 8), (byte)checksum);
        return frame;
    }

    private void AssertNothing()
    {
        Assert.Empty(_station.Take());
        Assert.Equal(0, _station.Transport.Count);
    }
}
