namespace Broadside.NetStack.Wire;

/// <summary>A view of an ICMP message (RFC 792).</summary>
internal readonly ref struct Icmpv4Packet
{
    public const int HeaderLength = 8;

    private readonly ReadOnlySpan<byte> _bytes;

    private Icmpv4Packet(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public Icmpv4Type Type => (Icmpv4Type)_bytes[0];

    public byte Code => _bytes[1];

    /// <summary>The four bytes whose meaning the type decides.</summary>
    public uint RestOfHeader => _bytes.ReadUInt32(4);

    /// <summary>What was echoed, or the beginning of the packet that an error is about.</summary>
    public ReadOnlySpan<byte> Data => _bytes[HeaderLength..];

    public bool HasValidChecksum => OnesComplementSum.Of(_bytes).IsValid;

    public static bool TryParse(ReadOnlySpan<byte> bytes, out Icmpv4Packet packet, out PacketDefect defect)
    {
        defect = bytes.Length < HeaderLength ? PacketDefect.Truncated : PacketDefect.None;
        packet = defect == PacketDefect.None ? new(bytes) : default;
        return defect == PacketDefect.None;
    }
}

/// <summary>The ICMP messages a host takes notice of (RFC 1122 section 3.2.2).</summary>
internal enum Icmpv4Type : byte
{
    EchoReply = 0,
    DestinationUnreachable = 3,
    EchoRequest = 8,
    TimeExceeded = 11,
    ParameterProblem = 12,
}

/// <summary>Why a destination is unreachable: the codes a host sends or treats apart (RFC 1122 section 3.2.2.1).</summary>
internal enum Icmpv4UnreachableCode : byte
{
    Network = 0,
    Host = 1,
    Protocol = 2,
    Port = 3,
    FragmentationNeeded = 4,
    SourceRouteFailed = 5,
    AdministrativelyProhibited = 13,
}

/// <summary>Which time was exceeded; ICMPv6 has the same codes.</summary>
internal enum TimeExceededCode : byte
{
    InTransit = 0,
    FragmentReassembly = 1,
}
