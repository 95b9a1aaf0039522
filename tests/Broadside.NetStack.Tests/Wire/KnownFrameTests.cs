namespace Broadside.NetStack.Tests.Wire;

/// <summary>Packets of other makers are understood as they were meant.</summary>
public sealed class KnownFrameTests
{
    private static readonly Dictionary<string, PacketDefect> Refused = new()
    {
        ["ipv6-hop-by-hop-mld"] = PacketDefect.Unsupported,
        ["ipv6-routing-untravelled-udp"] = PacketDefect.SourceRouted,
        ["ipv6-hop-by-hop-unknown-udp"] = PacketDefect.UnrecognizedOption,
        ["ipv6-too-many-headers-udp"] = PacketDefect.TooManyHeaders,
        ["ipv6-fragment-without-its-headers"] = PacketDefect.IncompleteHeaderChain,
        ["ipv4-source-route-udp"] = PacketDefect.SourceRouted,
        ["ipv6-udp-without-checksum"] = PacketDefect.BadChecksum,
    };

    public static TheoryData<string> Names => KnownFrames.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_understood_to_its_end(string name)
    {
        var walker = new FrameWalker();
        Assert.Equal(!Refused.ContainsKey(name), walker.Frame(KnownFrames.All[name]));
        Assert.Equal(Refused.TryGetValue(name, out var expected) ? 1 : 0, walker.Defects[(int)expected]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_changed_bit_of_a_checked_header_is_seen(string name)
    {
        var frame = KnownFrames.All[name];
        if (!IPv4Packet.TryParse(KnownFrames.Packet(name), out var packet, out _))
        {
            return;
        }

        for (var bit = 0; bit < packet.HeaderLength * 8; bit++)
        {
            var changed = frame.ToArray();
            changed[EthernetFrame.HeaderLength + (bit / 8)] ^= (byte)(1 << (bit % 8));
            Assert.False(
                IPv4Packet.TryParse(changed.AsSpan(EthernetFrame.HeaderLength), out var view, out _)
                && IPv4Representation.TryParse(view, ChecksumValidation.Software, out _, out _));
        }
    }

    [Theory]
    [InlineData("ipv4-tcp-syn")]
    [InlineData("ipv4-tcp-syn-ack")]
    [InlineData("ipv4-tcp-psh-ack")]
    [InlineData("ipv4-tcp-fin-ack")]
    [InlineData("ipv4-tcp-rst-ack")]
    [InlineData("ipv4-tcp-sack")]
    [InlineData("ipv4-tcp-sack-timestamps")]
    public void A_segment_emitted_again_is_the_same_to_the_byte(string name)
    {
        Assert.True(IPv4Packet.TryParse(KnownFrames.Packet(name), out var packet, out _));
        Assert.True(IPv4Representation.TryParse(packet, ChecksumValidation.Software, out var ip, out _));
        var pseudoHeader = PseudoHeader.Between(ip.SourceAddress, ip.DestinationAddress, ip.Protocol);
        Assert.True(TcpSegment.TryParse(packet.Payload, out var segment, out _));
        Assert.True(TcpRepresentation.TryParse(segment, pseudoHeader, ChecksumValidation.Software, out var tcp, out _));
        var again = new byte[IPv4Representation.HeaderLength + ip.PayloadLength];
        ip.Emit(again);
        tcp.Emit(again.AsSpan(IPv4Representation.HeaderLength), pseudoHeader, PayloadSum.Of(segment.Payload));
        segment.Payload.CopyTo(again.AsSpan(again.Length - segment.Payload.Length));
        Assert.Equal(KnownFrames.Packet(name).ToArray(), again);
    }

    [Fact]
    public void A_synack_is_read_field_by_field()
    {
        Assert.True(IPv4Packet.TryParse(KnownFrames.Packet("ipv4-tcp-syn-ack"), out var packet, out _));
        Assert.Equal("10.9.0.2", packet.SourceAddress.ToString());
        Assert.Equal("10.9.0.1", packet.DestinationAddress.ToString());
        Assert.Equal((60, 20, 64), (packet.TotalLength, packet.HeaderLength, packet.TimeToLive));
        Assert.True(packet.DontFragment && !packet.IsFragment && packet.Options.IsEmpty);
        Assert.True(TcpSegment.TryParse(packet.Payload, out var segment, out _));
        var pseudoHeader = PseudoHeader.Between(packet.SourceAddress, packet.DestinationAddress, packet.Protocol);
        Assert.True(TcpRepresentation.TryParse(segment, pseudoHeader, ChecksumValidation.Software, out var tcp, out _));
        Assert.Equal(
            new()
            {
                SourcePort = 7000,
                DestinationPort = 40574,
                SequenceNumber = new(0x14E8_0223),
                AcknowledgmentNumber = new(0xE803_3EFD),
                Flags = TcpFlags.Syn | TcpFlags.Ack,
                Window = 0xFE88,
                Options = new()
                {
                    MaximumSegmentSize = 1460,
                    SackPermitted = true,
                    Timestamps = new(0x07CC_DBC5, 0xEF40_C17F),
                    WindowScale = 10,
                },
            },
            tcp);
        Assert.Equal(1, segment.SegmentLength);
    }

    [Fact]
    public void Sack_blocks_are_read_in_their_order()
    {
        Assert.True(IPv4Packet.TryParse(KnownFrames.Packet("ipv4-tcp-sack"), out var packet, out _));
        Assert.True(TcpSegment.TryParse(packet.Payload, out var segment, out _));
        var blocks = TcpOptions.Parse(segment.Options, isSyn: false).SackBlocks;
        Assert.Equal("5000-5500 6000-6500 7000-7500 8000-8500", blocks.ToString());
    }

    [Theory]
    [InlineData("ipv4-fragment")]
    [InlineData("ipv6-fragment")]
    public void Fragments_of_a_datagram_are_put_together(string name)
    {
        var walker = new FrameWalker();
        foreach (var part in (string[])["-3", "", "-2"])
        {
            Assert.True(walker.Frame(KnownFrames.All[name + part]));
            Assert.Equal(part == "-2" ? 1 : 0, walker.Reached.GetValueOrDefault("UDP"));
        }

        Assert.Equal(0, walker.Reassembler.Count);
    }

    [Fact]
    public void An_arp_request_is_read_field_by_field()
    {
        Assert.True(ArpPacket.TryParse(KnownFrames.Packet("arp-request"), out var packet, out _));
        Assert.True(ArpRepresentation.TryParse(packet, out var arp, out _));
        Assert.Equal(ArpOperation.Request, arp.Operation);
        Assert.Equal("c6:31:7b:25:78:db 10.9.0.1", $"{arp.SenderHardwareAddress} {arp.SenderProtocolAddress}");
        Assert.Equal("00:00:00:00:00:00 10.9.0.2", $"{arp.TargetHardwareAddress} {arp.TargetProtocolAddress}");
    }
}
