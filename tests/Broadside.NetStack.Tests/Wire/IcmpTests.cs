namespace Broadside.NetStack.Tests.Wire;

public sealed class IcmpTests
{
    [Fact]
    public void Fragmentation_needed_tells_the_mtu_and_the_connection()
    {
        var packet = Icmpv4("ipv4-icmp-fragmentation-needed");
        Assert.True(Icmpv4Representation.TryParse(packet, ChecksumValidation.Software, out var message, out _));
        Assert.True(message.IsFragmentationNeeded);
        Assert.Equal(1400, message.NextHopMtu);
        Assert.True(QuotedPacket.TryParse(packet, out var quoted, out _));
        AssertQuoted(quoted, "10.9.0.1", "10.9.0.2", 0x9E7E, 0x1B58);
    }

    [Fact]
    public void Packet_too_big_tells_the_mtu_and_the_connection()
    {
        var packet = Icmpv6("ipv6-icmp-packet-too-big", out var pseudoHeader);
        Assert.True(Icmpv6Representation.TryParse(packet, pseudoHeader, ChecksumValidation.Software, out var message, out _));
        Assert.Equal((Icmpv6Type.PacketTooBig, 1400U), (message.Type, message.Mtu));
        Assert.True(QuotedPacket.TryParse(packet, out var quoted, out _));
        AssertQuoted(quoted, "fd00::1", "fd00::2", 7000, 40000);
    }

    [Fact]
    public void An_unreachable_port_is_that_of_the_datagram_quoted()
    {
        var packet = Icmpv4("ipv4-icmp-unreachable-2");
        Assert.True(Icmpv4Representation.TryParse(packet, ChecksumValidation.Software, out var message, out _));
        Assert.Equal((Icmpv4Type.DestinationUnreachable, (byte)Icmpv4UnreachableCode.Port), (message.Type, message.Code));
        Assert.True(QuotedPacket.TryParse(packet, out var quoted, out _));
        Assert.Equal((InternetProtocol.Udp, 7001), (quoted.Protocol, quoted.DestinationPort));
    }

    [Fact]
    public void What_is_unused_is_ignored_and_sent_as_zero()
    {
        var bytes = new byte[8];
        Icmpv4Representation.TimeExceeded(TimeExceededCode.InTransit).Emit(bytes, default);
        bytes[7] = 9;
        Assert.True(Icmpv4Packet.TryParse(bytes, out var packet, out _));
        Assert.True(Icmpv4Representation.TryParse(packet, ChecksumValidation.Offloaded, out var message, out _));
        Assert.Equal(Icmpv4Representation.TimeExceeded(TimeExceededCode.InTransit), message);
    }

    [Theory]
    [InlineData(27, nameof(PacketDefect.Truncated))]
    [InlineData(19, nameof(PacketDefect.Truncated))]
    [InlineData(0, nameof(PacketDefect.Truncated))]
    public void A_quote_too_short_to_name_a_connection_is_refused(int length, string expected)
    {
        byte[] error = [.. new byte[8], .. KnownFrames.Packet("ipv4-tcp-ack")[..length]];
        Assert.True(Icmpv4Packet.TryParse(error, out var packet, out _));
        Assert.False(QuotedPacket.TryParse(packet, out _, out var defect));
        Assert.Equal(expected, defect.ToString());
    }

    [Theory]
    [InlineData("ipv4-fragment-2", nameof(PacketDefect.BadFragment))]
    [InlineData("ipv6-fragment-2", nameof(PacketDefect.WrongVersion))]
    public void A_quote_without_ports_is_refused(string name, string expected)
    {
        byte[] error = [.. new byte[8], .. KnownFrames.Packet(name)];
        Assert.True(Icmpv4Packet.TryParse(error, out var packet, out _));
        Assert.False(QuotedPacket.TryParse(packet, out _, out var defect));
        Assert.Equal(expected, defect.ToString());
        Assert.True(Icmpv6Packet.TryParse(error, out var packet6, out _));
        Assert.False(QuotedPacket.TryParse(packet6, out _, out defect));
    }

    private static void AssertQuoted(QuotedPacket quoted, string source, string destination, ushort sourcePort, ushort destinationPort)
    {
        Assert.Equal((source, destination), (quoted.SourceAddress.ToString(), quoted.DestinationAddress.ToString()));
        Assert.Equal((sourcePort, destinationPort), (quoted.SourcePort, quoted.DestinationPort));
        Assert.Equal((InternetProtocol.Tcp, new SequenceNumber(0xE803_3F02)), (quoted.Protocol, quoted.SequenceNumber));
    }

    private static Icmpv4Packet Icmpv4(string name)
    {
        Assert.True(IPv4Packet.TryParse(KnownFrames.Packet(name), out var ip, out _));
        Assert.True(Icmpv4Packet.TryParse(ip.Payload, out var packet, out _));
        return packet;
    }

    private static Icmpv6Packet Icmpv6(string name, out PseudoHeader pseudoHeader)
    {
        Assert.True(IPv6Packet.TryParse(KnownFrames.Packet(name), out var ip, out _));
        Assert.True(Icmpv6Packet.TryParse(ip.Payload, out var packet, out _));
        pseudoHeader = PseudoHeader.Between(ip.SourceAddress, ip.DestinationAddress, ip.NextHeader);
        return packet;
    }
}
