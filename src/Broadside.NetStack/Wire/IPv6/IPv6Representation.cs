namespace Broadside.NetStack.Wire;

/// <summary>The fixed header of an IPv6 packet.</summary>
internal readonly record struct IPv6Representation
{
    /// <summary>What a packet starts with (RFC 1700).</summary>
    public const byte DefaultHopLimit = 64;

    public const int HeaderLength = IPv6Packet.HeaderLength;
    public const int MaximumPayloadLength = ushort.MaxValue;

    private const uint Version = 6;
    private const uint MaximumFlowLabel = 0xF_FFFF;

    public IPv6Representation()
    {
    }

    public required IPv6Address SourceAddress { get; init; }

    public required IPv6Address DestinationAddress { get; init; }

    public required InternetProtocol NextHeader { get; init; }

    /// <summary>The length of all behind the header, extension headers included.</summary>
    public required int PayloadLength { get; init; }

    public byte HopLimit { get; init; } = DefaultHopLimit;

    public byte Dscp { get; init; }

    public EcnCodepoint Ecn { get; init; }

    public uint FlowLabel { get; init; }

    public static bool TryParse(IPv6Packet packet, out IPv6Representation representation, out PacketDefect defect)
    {
        representation = new()
        {
            SourceAddress = packet.SourceAddress,
            DestinationAddress = packet.DestinationAddress,
            NextHeader = packet.NextHeader,
            PayloadLength = packet.PayloadLength,
            HopLimit = packet.HopLimit,
            Dscp = packet.Dscp,
            Ecn = packet.Ecn,
            FlowLabel = packet.FlowLabel,
        };
        defect = representation.Inspect();
        return defect == PacketDefect.None;
    }

    /// <summary>Writes the header. What no header can say, or none may, throws.</summary>
    public void Emit(Span<byte> header)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Dscp, 0x3F);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(FlowLabel, MaximumFlowLabel);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)PayloadLength, (uint)MaximumPayloadLength);
        Inspect().ThrowIfDefective();
        header.WriteUInt32(0, (Version << 28) | ((uint)Dscp << 22) | ((uint)Ecn << 20) | FlowLabel);
        header.WriteUInt16(4, (ushort)PayloadLength);
        header[6] = (byte)NextHeader;
        header[7] = HopLimit;
        SourceAddress.Write(header[8..]);
        DestinationAddress.Write(header[24..]);
    }

    // RFC 4291 sections 2.5.2, 2.5.5.2 and 2.7 say which addresses may stand where.
    private PacketDefect Inspect() =>
        SourceAddress.IsMulticast || SourceAddress.IsIPv4Mapped ? PacketDefect.BadSourceAddress
        : DestinationAddress.IsUnspecified || DestinationAddress.IsIPv4Mapped ? PacketDefect.BadDestinationAddress
        : PacketDefect.None;
}
