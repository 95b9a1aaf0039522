namespace Broadside.NetStack.Tests.Wire;

/// <summary>
/// Takes frames apart as far as they go. At each layer what was parsed is emitted again and must parse to the same, its checksum
/// verified even where that of the frame was not.
/// </summary>
internal sealed class FrameWalker(ChecksumValidation validation = ChecksumValidation.Software)
{
    private readonly byte[] _again = new byte[70_000];

    /// <summary>How often each representation was had, so that a test can see that it got there.</summary>
    public Dictionary<string, int> Reached { get; } = [];

    /// <summary>How often each defect was found.</summary>
    public int[] Defects { get; } = new int[(int)PacketDefect.BadNeighborDiscovery + 1];

    public Reassembler Reassembler { get; } = new(new() { MaximumDatagrams = 8, MaximumBytes = 100_000 });

    public TimeSpan Now { get; set; }

    public ChecksumValidation Validation { get; set; } = validation;

    public bool Frame(ReadOnlySpan<byte> bytes)
    {
        if (!EthernetFrame.TryParse(bytes, out var frame, out var defect) || !EthernetRepresentation.TryParse(frame, out var header, out defect))
        {
            return Refuse(defect);
        }

        var again = _again.AsSpan(0, EthernetRepresentation.HeaderLength);
        header.Emit(again);
        Reach("Ethernet", EthernetFrame.TryParse(again, out var second, out _) && EthernetRepresentation.TryParse(second, out var same, out _) && same == header);
        return header.EtherType switch
        {
            EtherType.Arp => Arp(frame.Payload),
            EtherType.IPv4 => IPv4(frame.Payload),
            EtherType.IPv6 => IPv6(frame.Payload),
            _ => Refuse(PacketDefect.Unsupported),
        };
    }

    public bool Arp(ReadOnlySpan<byte> bytes)
    {
        if (!ArpPacket.TryParse(bytes, out var packet, out var defect) || !ArpRepresentation.TryParse(packet, out var header, out defect))
        {
            return Refuse(defect);
        }

        var again = _again.AsSpan(0, ArpRepresentation.Length);
        header.Emit(again);
        return Reach("ARP", ArpPacket.TryParse(again, out var second, out _) && ArpRepresentation.TryParse(second, out var same, out _) && same == header);
    }

    public bool IPv4(ReadOnlySpan<byte> bytes)
    {
        if (!IPv4Packet.TryParse(bytes, out var packet, out var defect) || !IPv4Representation.TryParse(packet, Validation, out var header, out defect))
        {
            return Refuse(defect);
        }

        var again = _again.AsSpan(0, IPv4Representation.HeaderLength + header.PayloadLength);
        header.Emit(again);
        Reach("IPv4", IPv4Packet.TryParse(again, out var second, out _)
            && IPv4Representation.TryParse(second, ChecksumValidation.Software, out var same, out _)
            && same == header);
        if (!packet.IsFragment)
        {
            return UpperLayer(header.Protocol, packet.Payload, Fixed(packet.SourceAddress, packet.DestinationAddress));
        }

        var outcome = Reassembler.Add(Fragment.Of(packet), Now, out var whole);
        Reach($"IPv4 {outcome}", true);
        return outcome != FragmentOutcome.Completed
            || UpperLayer(whole.Protocol, whole.Payload, Fixed(whole.Key.Source.AsIPv4(), whole.Key.Destination.AsIPv4()));
    }

    public bool IPv6(ReadOnlySpan<byte> bytes)
    {
        if (!IPv6Packet.TryParse(bytes, out var packet, out var defect) || !IPv6Representation.TryParse(packet, out var header, out defect))
        {
            return Refuse(defect);
        }

        var again = _again.AsSpan(0, IPv6Representation.HeaderLength + header.PayloadLength);
        header.Emit(again);
        Reach("IPv6", IPv6Packet.TryParse(again, out var second, out _) && IPv6Representation.TryParse(second, out var same, out _) && same == header);
        if (!IPv6HeaderChain.TryParse(packet, out var chain, out var chainDefect))
        {
            if ((uint)chainDefect.Pointer >= bytes.Length)
            {
                Assert.Fail("An answer points out of the packet.");
            }

            return Refuse(chainDefect.Reason);
        }

        if (chain.Fragment is null)
        {
            return UpperLayer(chain.Protocol, chain.Payload, header);
        }

        var outcome = Reassembler.Add(Fragment.Of(packet, chain), Now, out var whole);
        Reach($"IPv6 {outcome}", true);
        return outcome != FragmentOutcome.Completed || Reassembled(whole, header);
    }

    public bool UpperLayer(InternetProtocol protocol, ReadOnlySpan<byte> bytes, IPv6Representation header)
    {
        var pseudoHeader = header.SourceAddress.IsIPv4Mapped
            ? PseudoHeader.Between(new IPv4Address((uint)header.SourceAddress.Low), new((uint)header.DestinationAddress.Low), protocol)
            : PseudoHeader.Between(header.SourceAddress, header.DestinationAddress, protocol);
        return (protocol, pseudoHeader.IsIPv6) switch
        {
            (InternetProtocol.Icmp, false) => Icmpv4(bytes),
            (InternetProtocol.Icmpv6, true) => Icmpv6(bytes, header, pseudoHeader),
            (InternetProtocol.Udp, _) => Udp(bytes, pseudoHeader),
            (InternetProtocol.Tcp, _) => Tcp(bytes, pseudoHeader),
            _ => Refuse(PacketDefect.Unsupported),
        };
    }

    public bool Udp(ReadOnlySpan<byte> bytes, PseudoHeader pseudoHeader)
    {
        if (!UdpDatagram.TryParse(bytes, out var datagram, out var defect)
            || !UdpRepresentation.TryParse(datagram, pseudoHeader, Validation, out var header, out defect))
        {
            return Refuse(defect);
        }

        var again = Following(UdpRepresentation.HeaderLength, datagram.Payload);
        header.Emit(again, pseudoHeader, PayloadSum.Of(datagram.Payload));
        return Reach("UDP", UdpDatagram.TryParse(again, out var second, out _)
            && UdpRepresentation.TryParse(second, pseudoHeader, ChecksumValidation.Software, out var same, out _)
            && same == header
            && second.Payload.SequenceEqual(datagram.Payload));
    }

    public bool Tcp(ReadOnlySpan<byte> bytes, PseudoHeader pseudoHeader)
    {
        if (!TcpSegment.TryParse(bytes, out var segment, out var defect)
            || !TcpRepresentation.TryParse(segment, pseudoHeader, Validation, out var header, out defect))
        {
            return Refuse(defect);
        }

        var again = Following(header.HeaderLength, segment.Payload);
        header.Emit(again, pseudoHeader, PayloadSum.Of(segment.Payload));
        return Reach("TCP", TcpSegment.TryParse(again, out var second, out _)
            && TcpRepresentation.TryParse(second, pseudoHeader, ChecksumValidation.Software, out var same, out _)
            && same == header
            && second.SegmentLength == segment.SegmentLength
            && second.Payload.SequenceEqual(segment.Payload));
    }

    public bool Icmpv4(ReadOnlySpan<byte> bytes)
    {
        if (!Icmpv4Packet.TryParse(bytes, out var packet, out var defect)
            || !Icmpv4Representation.TryParse(packet, Validation, out var header, out defect))
        {
            return Refuse(defect);
        }

        var again = Following(Icmpv4Representation.HeaderLength, packet.Data);
        header.Emit(again, PayloadSum.Of(packet.Data));
        Reach("ICMPv4", Icmpv4Packet.TryParse(again, out var second, out _)
            && Icmpv4Representation.TryParse(second, ChecksumValidation.Software, out var same, out _)
            && same == header);
        return header.IsEcho || (QuotedPacket.TryParse(packet, out _, out defect) ? Reach("ICMPv4 quote", true) : Refuse(defect));
    }

    public bool Icmpv6(ReadOnlySpan<byte> bytes, IPv6Representation ip, PseudoHeader pseudoHeader)
    {
        if (!Icmpv6Packet.TryParse(bytes, out var packet, out var defect))
        {
            return Refuse(defect);
        }

        if (packet.Type is >= Icmpv6Type.RouterSolicitation and <= Icmpv6Type.NeighborAdvertisement)
        {
            return NeighborDiscovery(packet, ip);
        }

        if (!Icmpv6Representation.TryParse(packet, pseudoHeader, Validation, out var header, out defect))
        {
            return Refuse(defect);
        }

        var again = Following(Icmpv6Representation.HeaderLength, packet.Data);
        header.Emit(again, pseudoHeader, PayloadSum.Of(packet.Data));
        Reach("ICMPv6", Icmpv6Packet.TryParse(again, out var second, out _)
            && Icmpv6Representation.TryParse(second, pseudoHeader, ChecksumValidation.Software, out var same, out _)
            && same == header);
        return header.IsEcho || (QuotedPacket.TryParse(packet, out _, out defect) ? Reach("ICMPv6 quote", true) : Refuse(defect));
    }

    private bool NeighborDiscovery(Icmpv6Packet packet, IPv6Representation ip)
    {
        var again = _again.AsSpan();
        const ChecksumValidation Verify = ChecksumValidation.Software;
        Icmpv6Packet second;
        var defect = PacketDefect.Unsupported;
        switch (packet.Type)
        {
            case Icmpv6Type.RouterSolicitation when RouterSolicitationRepresentation.TryParse(packet, ip, Validation, out var message, out defect):
                message.Emit(again, ip);
                return Reach("RS", Icmpv6Packet.TryParse(again[..message.Length], out second, out _)
                    && RouterSolicitationRepresentation.TryParse(second, ip, Verify, out var sameRs, out _) && sameRs == message);
            case Icmpv6Type.RouterAdvertisement when RouterAdvertisementRepresentation.TryParse(packet, ip, Validation, out var message, out defect):
                message.Emit(again, ip);
                return Reach("RA", Icmpv6Packet.TryParse(again[..message.Length], out second, out _)
                    && RouterAdvertisementRepresentation.TryParse(second, ip, Verify, out var sameRa, out _) && sameRa == message);
            case Icmpv6Type.NeighborSolicitation when NeighborSolicitationRepresentation.TryParse(packet, ip, Validation, out var message, out defect):
                message.Emit(again, ip);
                return Reach("NS", Icmpv6Packet.TryParse(again[..message.Length], out second, out _)
                    && NeighborSolicitationRepresentation.TryParse(second, ip, Verify, out var sameNs, out _) && sameNs == message);
            case Icmpv6Type.NeighborAdvertisement when NeighborAdvertisementRepresentation.TryParse(packet, ip, Validation, out var message, out defect):
                message.Emit(again, ip);
                return Reach("NA", Icmpv6Packet.TryParse(again[..message.Length], out second, out _)
                    && NeighborAdvertisementRepresentation.TryParse(second, ip, Verify, out var sameNa, out _) && sameNa == message);
            default:
                return Refuse(defect);
        }
    }

    private bool Reassembled(ReassembledDatagram whole, IPv6Representation header) =>
        IPv6HeaderChain.TryParse(whole, out var chain, out var defect)
            ? UpperLayer(chain.Protocol, chain.Payload, header)
            : Refuse(defect.Reason);

    // What the upper layers need to know of either version.
    private static IPv6Representation Fixed(IPv4Address source, IPv4Address destination) => new()
    {
        SourceAddress = IPv6Address.Mapped(source),
        DestinationAddress = IPv6Address.Mapped(destination),
        NextHeader = default,
        PayloadLength = 0,
    };

    private Span<byte> Following(int headerLength, ReadOnlySpan<byte> payload)
    {
        payload.CopyTo(_again.AsSpan(headerLength));
        return _again.AsSpan(0, headerLength + payload.Length);
    }

    private bool Reach(string layer, bool isSame)
    {
        if (!isSame)
        {
            Assert.Fail($"{layer}: what was emitted parses to something else.");
        }

        Reached[layer] = Reached.GetValueOrDefault(layer) + 1;
        return true;
    }

    private bool Refuse(PacketDefect defect)
    {
        if (defect == PacketDefect.None)
        {
            Assert.Fail("Refused without a reason.");
        }

        Defects[(int)defect]++;
        return false;
    }
}
