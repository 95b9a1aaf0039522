namespace Broadside.NetStack.Wire;

/// <summary>A 48-bit IEEE 802 address, in the low bits of a number.</summary>
internal readonly record struct MacAddress(ulong Value)
{
    public const int Length = 6;

    private const ulong GroupBit = 1UL << 40;

    public static MacAddress Broadcast => new(0xFFFF_FFFF_FFFF);

    /// <summary>Whether it names many stations: the broadcast address is one such.</summary>
    public bool IsGroup => (Value & GroupBit) != 0;

    /// <summary>Where an IPv4 multicast group's packets go (RFC 1112 section 6.4).</summary>
    public static MacAddress ForMulticast(IPv4Address group) => new(0x0100_5E00_0000 | (ulong)(group.Value & 0x007F_FFFF));

    /// <summary>Where an IPv6 multicast group's packets go (RFC 2464 section 7).</summary>
    public static MacAddress ForMulticast(IPv6Address group) => new(0x3333_0000_0000 | (group.Low & 0xFFFF_FFFF));

    public static MacAddress Read(ReadOnlySpan<byte> bytes) => new(((ulong)bytes.ReadUInt32(0) << 16) | bytes.ReadUInt16(4));

    public void Write(Span<byte> bytes)
    {
        bytes.WriteUInt32(0, (uint)(Value >> 16));
        bytes.WriteUInt16(4, (ushort)Value);
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        Write(bytes);
        return string.Join(':', Convert.ToHexStringLower(bytes).Chunk(2).Select(octet => new string(octet)));
    }
}
