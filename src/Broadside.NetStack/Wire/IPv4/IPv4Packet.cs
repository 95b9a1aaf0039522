namespace Broadside.NetStack.Wire;

/// <summary>A view of an IPv4 packet (RFC 791) whose lengths hold; what a frame has behind it is left out.</summary>
internal readonly ref struct IPv4Packet
{
    public const int MinimumHeaderLength = 20;
    public const int MaximumLength = ushort.MaxValue;

    /// <summary>Fragments begin at multiples of this many bytes.</summary>
    public const int FragmentUnit = 8;

    private const int Version = 4;
    private const ushort DontFragmentFlag = 0x4000;
    private const ushort MoreFragmentsFlag = 0x2000;
    private const ushort FragmentOffsetMask = 0x1FFF;

    private readonly ReadOnlySpan<byte> _bytes;

    private IPv4Packet(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public int HeaderLength => (_bytes[0] & 0xF) * 4;

    /// <summary>The Differentiated Services Code Point (RFC 2474).</summary>
    public byte Dscp => (byte)(_bytes[1] >> 2);

    public EcnCodepoint Ecn => (EcnCodepoint)(_bytes[1] & 3);

    public int TotalLength => _bytes.ReadUInt16(2);

    public ushort Identification => _bytes.ReadUInt16(4);

    public bool DontFragment => (FragmentField & DontFragmentFlag) != 0;

    public bool MoreFragments => (FragmentField & MoreFragmentsFlag) != 0;

    /// <summary>Where the payload belongs in that of the whole packet, in bytes.</summary>
    public int FragmentOffset => (FragmentField & FragmentOffsetMask) * FragmentUnit;

    public bool IsFragment => (FragmentField & (MoreFragmentsFlag | FragmentOffsetMask)) != 0;

    public byte TimeToLive => _bytes[8];

    public InternetProtocol Protocol => (InternetProtocol)_bytes[9];

    public IPv4Address SourceAddress => IPv4Address.Read(_bytes[12..]);

    public IPv4Address DestinationAddress => IPv4Address.Read(_bytes[16..]);

    public ReadOnlySpan<byte> Header => _bytes[..HeaderLength];

    public ReadOnlySpan<byte> Options => _bytes[MinimumHeaderLength..HeaderLength];

    public ReadOnlySpan<byte> Payload => _bytes[HeaderLength..];

    public bool HasValidChecksum => OnesComplementSum.Of(Header).IsValid;

    private ushort FragmentField => _bytes.ReadUInt16(6);

    public static bool TryParse(ReadOnlySpan<byte> bytes, out IPv4Packet packet, out PacketDefect defect)
    {
        defect = Inspect(bytes);
        if (defect == PacketDefect.None && bytes.ReadUInt16(2) > bytes.Length)
        {
            defect = PacketDefect.Truncated;
        }

        packet = defect == PacketDefect.None ? new(bytes[..bytes.ReadUInt16(2)]) : default;
        return defect == PacketDefect.None;
    }

    /// <summary>Parses a packet of which an ICMP message quotes no more than the beginning (RFC 1122 section 3.2.2).</summary>
    public static bool TryParseQuoted(ReadOnlySpan<byte> bytes, out IPv4Packet packet, out PacketDefect defect)
    {
        defect = Inspect(bytes);
        packet = defect == PacketDefect.None ? new(bytes[..Math.Min(bytes.Length, bytes.ReadUInt16(2))]) : default;
        return defect == PacketDefect.None;
    }

    private static PacketDefect Inspect(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < MinimumHeaderLength)
        {
            return PacketDefect.Truncated;
        }

        var headerLength = (bytes[0] & 0xF) * 4;
        return bytes[0] >> 4 != Version ? PacketDefect.WrongVersion
            : headerLength < MinimumHeaderLength ? PacketDefect.BadHeaderLength
            : headerLength > bytes.ReadUInt16(2) ? PacketDefect.BadLength
            : headerLength > bytes.Length ? PacketDefect.Truncated
            : PacketDefect.None;
    }
}
