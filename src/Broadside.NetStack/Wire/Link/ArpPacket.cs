namespace Broadside.NetStack.Wire;

/// <summary>A view of an ARP packet for IPv4 over Ethernet (RFC 826), the only kind that is met.</summary>
internal readonly ref struct ArpPacket
{
    public const int Length = 28;

    /// <summary>Hardware type Ethernet, protocol type IPv4, and the lengths of their addresses.</summary>
    public const ulong EthernetIPv4 = 0x0001_0800_0604;

    private readonly ReadOnlySpan<byte> _bytes;

    private ArpPacket(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public ArpOperation Operation => (ArpOperation)_bytes.ReadUInt16(6);

    public MacAddress SenderHardwareAddress => MacAddress.Read(_bytes[8..]);

    public IPv4Address SenderProtocolAddress => IPv4Address.Read(_bytes[14..]);

    public MacAddress TargetHardwareAddress => MacAddress.Read(_bytes[18..]);

    public IPv4Address TargetProtocolAddress => IPv4Address.Read(_bytes[24..]);

    public static bool TryParse(ReadOnlySpan<byte> bytes, out ArpPacket packet, out PacketDefect defect)
    {
        defect = bytes.Length < Length ? PacketDefect.Truncated
            : bytes.ReadUInt64(0) >> 16 != EthernetIPv4 ? PacketDefect.Unsupported
            : PacketDefect.None;
        packet = defect == PacketDefect.None ? new(bytes[..Length]) : default;
        return defect == PacketDefect.None;
    }
}

/// <summary>Whether an ARP packet asks or answers.</summary>
internal enum ArpOperation : ushort
{
    Request = 1,
    Reply = 2,
}
