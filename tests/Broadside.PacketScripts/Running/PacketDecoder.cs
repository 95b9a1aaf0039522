using System.Net;
using Broadside.NetStack.Wire;
using Broadside.PacketScripts.Parsing;

namespace Broadside.PacketScripts.Running;

/// <summary>Reads what the stack sends. What is not valid there fails the script: a stack sends no such packet.</summary>
internal static class PacketDecoder
{
    public static CapturedPacket Decode(ReadOnlySpan<byte> bytes, TimeSpan time) =>
        !bytes.IsEmpty && bytes[0] >> 4 == 6 ? DecodeIPv6(bytes, time) : DecodeIPv4(bytes, time);

    private static CapturedPacket DecodeIPv4(ReadOnlySpan<byte> bytes, TimeSpan time)
    {
        if (!IPv4Packet.TryParse(bytes, out var packet, out var defect)
            || !IPv4Representation.TryParse(packet, ChecksumValidation.Software, out _, out defect))
        {
            throw Malformed("IPv4", defect);
        }

        if (packet.IsFragment)
        {
            throw new ScriptFailedException("got a fragment");
        }

        var network = new NetworkFields((EcnExpectation)packet.Ecn, (byte)((packet.Dscp << 2) | (byte)packet.Ecn), 0, packet.TimeToLive);
        return Decode(time, network, packet.SourceAddress, packet.DestinationAddress, packet.Protocol, packet.Payload);
    }

    private static CapturedPacket DecodeIPv6(ReadOnlySpan<byte> bytes, TimeSpan time)
    {
        if (!IPv6Packet.TryParse(bytes, out var packet, out var defect) || !IPv6Representation.TryParse(packet, out _, out defect))
        {
            throw Malformed("IPv6", defect);
        }

        var network = new NetworkFields(
            (EcnExpectation)packet.Ecn, (byte)((packet.Dscp << 2) | (byte)packet.Ecn), packet.FlowLabel, packet.HopLimit);
        return Decode(time, network, packet.SourceAddress, packet.DestinationAddress, packet.NextHeader, packet.Payload);
    }

    private static CapturedPacket Decode(
        TimeSpan time,
        NetworkFields network,
        NetworkAddress source,
        NetworkAddress destination,
        InternetProtocol protocol,
        ReadOnlySpan<byte> payload)
    {
        var pseudoHeader = PseudoHeader.Between(source, destination, protocol);
        var (transport, ports) = protocol switch
        {
            InternetProtocol.Tcp => DecodeTcp(payload, pseudoHeader),
            InternetProtocol.Udp => DecodeUdp(payload, pseudoHeader),
            InternetProtocol.Icmp => (DecodeIcmp(payload), new PortPair(0, 0)),
            InternetProtocol.Icmpv6 => (DecodeIcmpv6(payload, pseudoHeader), new PortPair(0, 0)),
            _ => throw new ScriptFailedException($"got a packet of protocol {protocol}"),
        };
        return new(
            time,
            new IPEndPoint(source.ToIPAddress(), ports.Source),
            new IPEndPoint(destination.ToIPAddress(), ports.Destination),
            new ScriptPacket(IsOutbound: true, network, transport));
    }

    private static (TransportFields Fields, PortPair Ports) DecodeTcp(ReadOnlySpan<byte> bytes, PseudoHeader pseudoHeader)
    {
        if (!TcpSegment.TryParse(bytes, out var segment, out var defect)
            || !TcpRepresentation.TryParse(segment, pseudoHeader, ChecksumValidation.Software, out _, out defect))
        {
            throw Malformed("TCP", defect);
        }

        var fields = new TcpFields(
            null,
            segment.Flags,
            segment.SequenceNumber.Value,
            segment.Payload.Length,
            segment.AcknowledgmentNumber.Value,
            segment.Window,
            segment.UrgentPointer,
            TcpOptionCodec.Decode(segment.Options));
        return (fields, new(segment.SourcePort, segment.DestinationPort));
    }

    private static (TransportFields Fields, PortPair Ports) DecodeUdp(ReadOnlySpan<byte> bytes, PseudoHeader pseudoHeader)
    {
        if (!UdpDatagram.TryParse(bytes, out var datagram, out var defect)
            || !UdpRepresentation.TryParse(datagram, pseudoHeader, ChecksumValidation.Software, out _, out defect))
        {
            throw Malformed("UDP", defect);
        }

        return (new UdpFields(null, datagram.Payload.Length), new(datagram.SourcePort, datagram.DestinationPort));
    }

    private static IcmpFields DecodeIcmp(ReadOnlySpan<byte> bytes)
    {
        if (!Icmpv4Packet.TryParse(bytes, out var packet, out var defect)
            || !Icmpv4Representation.TryParse(packet, ChecksumValidation.Software, out var representation, out defect))
        {
            throw Malformed("ICMP", defect);
        }

        return IcmpNames.Describe(representation);
    }

    private static IcmpFields DecodeIcmpv6(ReadOnlySpan<byte> bytes, PseudoHeader pseudoHeader)
    {
        if (!Icmpv6Packet.TryParse(bytes, out var packet, out var defect)
            || !Icmpv6Representation.TryParse(packet, pseudoHeader, ChecksumValidation.Software, out var representation, out defect))
        {
            throw Malformed("ICMPv6", defect);
        }

        return IcmpNames.Describe(representation);
    }

    private static ScriptFailedException Malformed(string protocol, PacketDefect defect) => new($"got a malformed {protocol} packet: {defect}");
}
