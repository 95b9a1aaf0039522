namespace Broadside.NetStack.Tests.Wire;

/// <summary>What a parser would refuse, the emitter of the same representation does not write.</summary>
public sealed class RefusedHeaderTests
{
    private static readonly PseudoHeader PseudoHeader = PseudoHeader.Between(new IPv4Address(1), new(2), InternetProtocol.Udp);
    private static readonly MacAddress Station = new(0x2E87_EE0E_B483);

    [Fact]
    public void A_frame_from_a_group() =>
        Assert.Throws<InvalidOperationException>(() => new EthernetRepresentation(Station, MacAddress.Broadcast, EtherType.Arp).Emit(new byte[14]));

    [Fact]
    public void An_arp_packet_from_a_group_or_of_no_known_operation()
    {
        var good = new ArpRepresentation(ArpOperation.Request, Station, new(1), default, new(2));
        Assert.Throws<InvalidOperationException>(() => (good with { SenderHardwareAddress = MacAddress.Broadcast }).Emit(new byte[28]));
        Assert.Throws<InvalidOperationException>(() => (good with { Operation = default }).Emit(new byte[28]));
    }

    [Fact]
    public void A_port_of_zero()
    {
        Assert.Throws<InvalidOperationException>(() => new UdpRepresentation(1, 0).Emit(new byte[8], PseudoHeader, default));
        var segment = new TcpRepresentation { SourcePort = 0, DestinationPort = 1, SequenceNumber = default, Flags = TcpFlags.Ack };
        Assert.Throws<InvalidOperationException>(() => segment.Emit(new byte[20], PseudoHeader, default));
    }

    [Fact]
    public void A_datagram_longer_than_any()
    {
        var header = new byte[8];
        new UdpRepresentation(1, 2).Emit(header, PseudoHeader, new(UdpRepresentation.MaximumPayloadLength, default));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new UdpRepresentation(1, 2).Emit(header, PseudoHeader, new(UdpRepresentation.MaximumPayloadLength + 1, default)));
    }

    [Fact]
    public void A_udp_checksum_of_zero_is_sent_as_all_ones()
    {
        // Whatever sum the header has, a payload of its complement makes the checksum zero.
        var header = new byte[8];
        new UdpRepresentation(1, 2).Emit(header, PseudoHeader, new(2, default));
        var checksum = ((ReadOnlySpan<byte>)header).ReadUInt16(6);
        var payload = new byte[2];
        payload.AsSpan().WriteUInt16(0, checksum);
        new UdpRepresentation(1, 2).Emit(header, PseudoHeader, PayloadSum.Of(payload));
        Assert.Equal(ushort.MaxValue, ((ReadOnlySpan<byte>)header).ReadUInt16(6));
        Assert.True(UdpDatagram.TryParse([.. header, .. payload], out var datagram, out _));
        Assert.True(datagram.HasValidChecksum(PseudoHeader));
    }

    [Fact]
    public void A_maximum_segment_size_of_zero_and_a_prefix_preferred_for_too_long()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TcpOptions { MaximumSegmentSize = 0 }.Emit(new byte[4], isSyn: true));
        var prefix = new PrefixInformation { Prefix = default, PrefixLength = 64, PreferredLifetime = 2, ValidLifetime = 1 };
        Assert.Throws<ArgumentOutOfRangeException>(() => prefix.Emit(new byte[32]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new IPv6FragmentHeader(default, 4, true, 0).Emit(new byte[8]));
    }
}
