namespace Broadside.NetStack.Wire;

/// <summary>The header of an IPv4 packet or fragment. Options are tolerated when parsed and never emitted.</summary>
internal readonly record struct IPv4Representation
{
    /// <summary>What a packet starts with (RFC 1700).</summary>
    public const byte DefaultTimeToLive = 64;

    public const int HeaderLength = IPv4Packet.MinimumHeaderLength;
    public const int MaximumPayloadLength = IPv4Packet.MaximumLength - HeaderLength;

    private const byte VersionAndHeaderLength = 0x45;

    public IPv4Representation()
    {
    }

    public required IPv4Address SourceAddress { get; init; }

    public required IPv4Address DestinationAddress { get; init; }

    public required InternetProtocol Protocol { get; init; }

    public required int PayloadLength { get; init; }

    public byte TimeToLive { get; init; } = DefaultTimeToLive;

    public byte Dscp { get; init; }

    public EcnCodepoint Ecn { get; init; }

    public ushort Identification { get; init; }

    public bool DontFragment { get; init; }

    public bool MoreFragments { get; init; }

    /// <summary>Where the payload belongs in that of the whole packet, in bytes.</summary>
    public int FragmentOffset { get; init; }

    public static bool TryParse(
        IPv4Packet packet, ChecksumValidation validation, out IPv4Representation representation, out PacketDefect defect)
    {
        representation = new()
        {
            SourceAddress = packet.SourceAddress,
            DestinationAddress = packet.DestinationAddress,
            Protocol = packet.Protocol,
            PayloadLength = packet.Payload.Length,
            TimeToLive = packet.TimeToLive,
            Dscp = packet.Dscp,
            Ecn = packet.Ecn,
            Identification = packet.Identification,
            DontFragment = packet.DontFragment,
            MoreFragments = packet.MoreFragments,
            FragmentOffset = packet.FragmentOffset,
        };
        defect = validation == ChecksumValidation.Software && !packet.HasValidChecksum ? PacketDefect.BadChecksum
            : IPv4Options.HaveSourceRoute(packet.Options) ? PacketDefect.SourceRouted
            : representation.Inspect(packet.HeaderLength);
        return defect == PacketDefect.None;
    }

    /// <summary>Writes the header. What no header can say, or none may, throws.</summary>
    public void Emit(Span<byte> header)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Dscp, 0x3F);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)PayloadLength, (uint)MaximumPayloadLength);
        ArgumentOutOfRangeException.ThrowIfNegative(FragmentOffset);
        Inspect(HeaderLength).ThrowIfDefective();
        header = header[..HeaderLength];
        header[0] = VersionAndHeaderLength;
        header[1] = (byte)((Dscp << 2) | (byte)Ecn);
        header.WriteUInt16(2, (ushort)(HeaderLength + PayloadLength));
        header.WriteUInt16(4, Identification);
        header.WriteUInt16(
            6, (ushort)((DontFragment ? 0x4000 : 0) | (MoreFragments ? 0x2000 : 0) | (FragmentOffset / IPv4Packet.FragmentUnit)));
        header[8] = TimeToLive;
        header[9] = (byte)Protocol;
        header.WriteUInt16(10, 0);
        SourceAddress.Write(header[12..]);
        DestinationAddress.Write(header[16..]);
        header.WriteUInt16(10, OnesComplementSum.Of(header).Checksum);
    }

    // RFC 1122 section 3.2.1.3 says which addresses may stand where.
    private PacketDefect Inspect(int headerLength) =>
        SourceAddress.IsMulticast || SourceAddress.IsLimitedBroadcast ? PacketDefect.BadSourceAddress
        : DestinationAddress.IsUnspecified ? PacketDefect.BadDestinationAddress
        : (MoreFragments || FragmentOffset != 0) && !IsPossibleFragment(headerLength) ? PacketDefect.BadFragment
        : PacketDefect.None;

    private bool IsPossibleFragment(int headerLength) =>
        PayloadLength > 0
        && FragmentOffset % IPv4Packet.FragmentUnit == 0
        && (!MoreFragments || PayloadLength % IPv4Packet.FragmentUnit == 0)
        && headerLength + FragmentOffset + PayloadLength <= IPv4Packet.MaximumLength;
}
