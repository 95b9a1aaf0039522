namespace Broadside.NetStack.Wire;

/// <summary>A view of an ICMPv6 message (RFC 4443 section 2.1).</summary>
internal readonly ref struct Icmpv6Packet
{
    public const int HeaderLength = 8;

    private readonly ReadOnlySpan<byte> _bytes;

    private Icmpv6Packet(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public Icmpv6Type Type => (Icmpv6Type)_bytes[0];

    public byte Code => _bytes[1];

    /// <summary>The four bytes whose meaning the type decides.</summary>
    public uint RestOfHeader => _bytes.ReadUInt32(4);

    /// <summary>What was echoed, the beginning of the packet that an error is about, or the rest of a neighbor discovery message.</summary>
    public ReadOnlySpan<byte> Data => _bytes[HeaderLength..];

    public bool HasValidChecksum(PseudoHeader pseudoHeader) => pseudoHeader.Validates(_bytes);

    public static bool TryParse(ReadOnlySpan<byte> bytes, out Icmpv6Packet packet, out PacketDefect defect)
    {
        defect = bytes.Length < HeaderLength ? PacketDefect.Truncated : PacketDefect.None;
        packet = defect == PacketDefect.None ? new(bytes) : default;
        return defect == PacketDefect.None;
    }
}

/// <summary>The ICMPv6 messages a host takes notice of (RFC 4443, RFC 4861).</summary>
internal enum Icmpv6Type : byte
{
    DestinationUnreachable = 1,
    PacketTooBig = 2,
    TimeExceeded = 3,
    ParameterProblem = 4,
    EchoRequest = 128,
    EchoReply = 129,
    RouterSolicitation = 133,
    RouterAdvertisement = 134,
    NeighborSolicitation = 135,
    NeighborAdvertisement = 136,
}

/// <summary>Why a destination is unreachable (RFC 4443 section 3.1).</summary>
internal enum Icmpv6UnreachableCode : byte
{
    NoRoute = 0,
    AdministrativelyProhibited = 1,
    BeyondScope = 2,
    Address = 3,
    Port = 4,
    SourcePolicy = 5,
    RejectRoute = 6,
}
