namespace Broadside.NetStack.Wire;

/// <summary>A view of an IPv6 packet (RFC 8200 section 3) whose length holds; what a frame has behind it is left out.</summary>
internal readonly ref struct IPv6Packet
{
    public const int HeaderLength = 40;
    public const int NextHeaderField = 6;

    /// <summary>Every link carries packets of this length whole (RFC 8200 section 5).</summary>
    public const int MinimumMtu = 1280;

    private const int Version = 6;

    private readonly ReadOnlySpan<byte> _bytes;

    private IPv6Packet(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The Differentiated Services Code Point (RFC 2474): the Traffic Class without its ECN field.</summary>
    public byte Dscp => (byte)((_bytes.ReadUInt16(0) >> 6) & 0x3F);

    public EcnCodepoint Ecn => (EcnCodepoint)((_bytes[1] >> 4) & 3);

    public uint FlowLabel => _bytes.ReadUInt32(0) & 0xF_FFFF;

    public int PayloadLength => _bytes.ReadUInt16(4);

    public InternetProtocol NextHeader => (InternetProtocol)_bytes[NextHeaderField];

    public byte HopLimit => _bytes[7];

    public IPv6Address SourceAddress => IPv6Address.Read(_bytes[8..]);

    public IPv6Address DestinationAddress => IPv6Address.Read(_bytes[24..]);

    /// <summary>All behind the header: extension headers too.</summary>
    public ReadOnlySpan<byte> Payload => _bytes[HeaderLength..];

    /// <summary>The header and so many bytes of extension headers.</summary>
    public ReadOnlySpan<byte> HeaderWith(int extensionLength) => _bytes[..(HeaderLength + extensionLength)];

    public static bool TryParse(ReadOnlySpan<byte> bytes, out IPv6Packet packet, out PacketDefect defect)
    {
        defect = Inspect(bytes);
        if (defect == PacketDefect.None && HeaderLength + bytes.ReadUInt16(4) > bytes.Length)
        {
            defect = PacketDefect.Truncated;
        }

        packet = defect == PacketDefect.None ? new(bytes[..(HeaderLength + bytes.ReadUInt16(4))]) : default;
        return defect == PacketDefect.None;
    }

    /// <summary>Parses a packet of which an ICMPv6 message quotes no more than the beginning (RFC 4443 section 2.4(c)).</summary>
    public static bool TryParseQuoted(ReadOnlySpan<byte> bytes, out IPv6Packet packet, out PacketDefect defect)
    {
        defect = Inspect(bytes);
        packet = defect == PacketDefect.None ? new(bytes[..Math.Min(bytes.Length, HeaderLength + bytes.ReadUInt16(4))]) : default;
        return defect == PacketDefect.None;
    }

    private static PacketDefect Inspect(ReadOnlySpan<byte> bytes) =>
        bytes.Length < HeaderLength ? PacketDefect.Truncated
        : bytes[0] >> 4 != Version ? PacketDefect.WrongVersion
        : PacketDefect.None;
}
