namespace Broadside.NetStack.Wire;

/// <summary>An ARP request or reply for IPv4 over Ethernet (RFC 826).</summary>
internal readonly record struct ArpRepresentation(
    ArpOperation Operation,
    MacAddress SenderHardwareAddress,
    IPv4Address SenderProtocolAddress,
    MacAddress TargetHardwareAddress,
    IPv4Address TargetProtocolAddress)
{
    public const int Length = ArpPacket.Length;

    public static bool TryParse(ArpPacket packet, out ArpRepresentation representation, out PacketDefect defect)
    {
        representation = new(
            packet.Operation,
            packet.SenderHardwareAddress,
            packet.SenderProtocolAddress,
            packet.TargetHardwareAddress,
            packet.TargetProtocolAddress);
        defect = representation.Inspect();
        return defect == PacketDefect.None;
    }

    public void Emit(Span<byte> packet)
    {
        Inspect().ThrowIfDefective();
        packet.WriteUInt64(0, (ArpPacket.EthernetIPv4 << 16) | (ushort)Operation);
        SenderHardwareAddress.Write(packet[8..]);
        SenderProtocolAddress.Write(packet[14..]);
        TargetHardwareAddress.Write(packet[18..]);
        TargetProtocolAddress.Write(packet[24..]);
    }

    // A sender without a protocol address probes for one (RFC 5227 section 2.1.1).
    private PacketDefect Inspect() =>
        Operation is not (ArpOperation.Request or ArpOperation.Reply) ? PacketDefect.Unsupported
        : SenderHardwareAddress.IsGroup || SenderProtocolAddress.IsMulticast || SenderProtocolAddress.IsLimitedBroadcast
            ? PacketDefect.BadSourceAddress
        : PacketDefect.None;
}
