using FsCheck;
using FsCheck.Fluent;

namespace Broadside.NetStack.Tests.Wire;

/// <summary>What is emitted is valid, checksum included, and parses to what it was emitted from.</summary>
public sealed class RoundTripTests
{
    [Fact]
    public void Ethernet() => ForAll(WireGenerators.All(WireGenerators.Mac, WireGenerators.Mac, WireGenerators.UInt16), fields =>
    {
        var header = new EthernetRepresentation(fields.First, fields.Second, (EtherType)(fields.Third | 0x0800));
        var bytes = new byte[EthernetRepresentation.HeaderLength];
        header.Emit(bytes);
        return EthernetFrame.TryParse(bytes, out var frame, out _) && EthernetRepresentation.TryParse(frame, out var parsed, out _) && parsed == header;
    });

    [Fact]
    public void Arp() => ForAll(WireGenerators.All(WireGenerators.Mac.Two(), WireGenerators.IPv4Unicast.Two(), WireGenerators.Bool), fields =>
    {
        var ((sender, target), (senderAddress, targetAddress), isRequest) = fields;
        var packet = new ArpRepresentation(isRequest ? ArpOperation.Request : ArpOperation.Reply, sender, senderAddress, target, targetAddress);
        var bytes = new byte[ArpRepresentation.Length];
        packet.Emit(bytes);
        return ArpPacket.TryParse(bytes, out var view, out _) && ArpRepresentation.TryParse(view, out var parsed, out _) && parsed == packet;
    });

    [Fact]
    public void IPv4() => ForAll(WireGenerators.IPv4, header =>
    {
        var bytes = new byte[IPv4Representation.HeaderLength + header.PayloadLength];
        header.Emit(bytes);
        return IPv4Packet.TryParse(bytes, out var packet, out _)
            && IPv4Representation.TryParse(packet, ChecksumValidation.Software, out var parsed, out _)
            && parsed == header;
    });

    [Fact]
    public void IPv6() => ForAll(WireGenerators.IPv6, header =>
    {
        var bytes = new byte[IPv6Representation.HeaderLength + header.PayloadLength];
        header.Emit(bytes);
        return IPv6Packet.TryParse(bytes, out var packet, out _) && IPv6Representation.TryParse(packet, out var parsed, out _) && parsed == header;
    });

    [Fact]
    public void IPv6_fragment_header() => ForAll(WireGenerators.All(WireGenerators.UInt16, WireGenerators.UInt32, WireGenerators.Bool), fields =>
    {
        var header = new IPv6FragmentHeader(InternetProtocol.Udp, fields.First & ~7, fields.Third, fields.Second);
        var bytes = new byte[IPv6FragmentHeader.Length];
        header.Emit(bytes);
        return IPv6FragmentHeader.Read(bytes) == header;
    });

    [Fact]
    public void Udp() => ForAll(WireGenerators.All(WireGenerators.Port.Two(), WireGenerators.PseudoHeaders, WireGenerators.Payload), fields =>
    {
        var ((source, destination), pseudoHeader, payload) = fields;
        var header = new UdpRepresentation(source, destination);
        var bytes = Packet(UdpRepresentation.HeaderLength, payload);
        header.Emit(bytes, pseudoHeader, PayloadSum.Of(payload));
        return UdpDatagram.TryParse(bytes, out var datagram, out _)
            && datagram.HasChecksum
            && UdpRepresentation.TryParse(datagram, pseudoHeader, ChecksumValidation.Software, out var parsed, out _)
            && parsed == header;
    });

    [Fact]
    public void Tcp() => ForAll(WireGenerators.All(WireGenerators.Tcp, WireGenerators.PseudoHeaders, WireGenerators.Payload), fields =>
    {
        var (header, pseudoHeader, payload) = fields;
        var bytes = Packet(header.HeaderLength, payload);
        header.Emit(bytes, pseudoHeader, PayloadSum.Of(payload));
        return TcpSegment.TryParse(bytes, out var segment, out _)
            && TcpRepresentation.TryParse(segment, pseudoHeader, ChecksumValidation.Software, out var parsed, out _)
            && parsed == header
            && segment.Payload.SequenceEqual(payload);
    });

    [Fact]
    public void Icmpv4() => ForAll(WireGenerators.All(WireGenerators.UInt16.Two(), WireGenerators.Payload, Gen.Choose(0, 5)), fields =>
    {
        var ((first, second), data, kind) = fields;
        var header = kind switch
        {
            0 => Icmpv4Representation.EchoRequest(first, second),
            1 => Icmpv4Representation.EchoReply(first, second),
            2 => Icmpv4Representation.DestinationUnreachable(Icmpv4UnreachableCode.Port),
            3 => Icmpv4Representation.FragmentationNeeded(first),
            4 => Icmpv4Representation.TimeExceeded(TimeExceededCode.FragmentReassembly),
            _ => Icmpv4Representation.ParameterProblem((byte)first),
        };
        var bytes = Packet(Icmpv4Representation.HeaderLength, data);
        header.Emit(bytes, PayloadSum.Of(data));
        return Icmpv4Packet.TryParse(bytes, out var packet, out _)
            && Icmpv4Representation.TryParse(packet, ChecksumValidation.Software, out var parsed, out _)
            && parsed == header;
    });

    [Fact]
    public void Icmpv6() => ForAll(WireGenerators.All(WireGenerators.UInt32, WireGenerators.PseudoHeaders, WireGenerators.Payload), fields =>
    {
        var (number, pseudoHeader, data) = fields;
        var header = (number % 6) switch
        {
            0 => Icmpv6Representation.EchoRequest((ushort)number, (ushort)(number >> 16)),
            1 => Icmpv6Representation.EchoReply((ushort)number, (ushort)(number >> 16)),
            2 => Icmpv6Representation.DestinationUnreachable(Icmpv6UnreachableCode.Port),
            3 => Icmpv6Representation.PacketTooBig(number),
            4 => Icmpv6Representation.TimeExceeded(TimeExceededCode.InTransit),
            _ => Icmpv6Representation.ParameterProblem(ParameterProblemCode.UnrecognizedOption, number),
        };
        var bytes = Packet(Icmpv6Representation.HeaderLength, data);
        header.Emit(bytes, pseudoHeader, PayloadSum.Of(data));
        return Icmpv6Packet.TryParse(bytes, out var packet, out _)
            && Icmpv6Representation.TryParse(packet, pseudoHeader, ChecksumValidation.Software, out var parsed, out _)
            && parsed == header;
    });

    private static void ForAll<T>(Gen<T> generator, Func<T, bool> holds) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1_000), Prop.ForAll(generator.ToArbitrary(), holds));

    private static byte[] Packet(int headerLength, byte[] payload) => [.. new byte[headerLength], .. payload];
}
