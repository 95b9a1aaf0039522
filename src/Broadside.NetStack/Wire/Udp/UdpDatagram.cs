namespace Broadside.NetStack.Wire;

/// <summary>A view of a UDP datagram (RFC 768) whose length holds; what the packet has behind it is left out.</summary>
internal readonly ref struct UdpDatagram
{
    public const int HeaderLength = 8;

    private readonly ReadOnlySpan<byte> _bytes;

    private UdpDatagram(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public ushort SourcePort => _bytes.ReadUInt16(0);

    public ushort DestinationPort => _bytes.ReadUInt16(2);

    public ReadOnlySpan<byte> Payload => _bytes[HeaderLength..];

    /// <summary>Whether the sender computed a checksum.</summary>
    public bool HasChecksum => _bytes.ReadUInt16(6) != 0;

    public static bool TryParse(ReadOnlySpan<byte> bytes, out UdpDatagram datagram, out PacketDefect defect)
    {
        defect = bytes.Length < HeaderLength ? PacketDefect.Truncated
            : bytes.ReadUInt16(4) < HeaderLength ? PacketDefect.BadLength
            : bytes.ReadUInt16(4) > bytes.Length ? PacketDefect.Truncated
            : PacketDefect.None;
        datagram = defect == PacketDefect.None ? new(bytes[..bytes.ReadUInt16(4)]) : default;
        return defect == PacketDefect.None;
    }

    /// <summary>Whether the checksum agrees. Over IPv4 there need be none (RFC 768), over IPv6 there must (RFC 8200 section 8.1).</summary>
    public bool HasValidChecksum(PseudoHeader pseudoHeader) =>
        HasChecksum ? pseudoHeader.Validates(_bytes) : !pseudoHeader.IsIPv6;
}
