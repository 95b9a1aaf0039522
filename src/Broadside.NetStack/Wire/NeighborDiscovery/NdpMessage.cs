namespace Broadside.NetStack.Wire;

/// <summary>What all neighbor discovery messages have in common.</summary>
internal static class NdpMessage
{
    /// <summary>What they are sent with, so that one from beyond a router is known by a smaller one (RFC 4861 section 3.1).</summary>
    public const byte HopLimit = 255;

    /// <summary>The checks of RFC 4861 sections 6.1 and 7.1 that do not depend on the type; fixed data precede the options.</summary>
    public static PacketDefect Inspect(
        Icmpv6Packet packet,
        IPv6Representation header,
        ChecksumValidation validation,
        Icmpv6Type type,
        int fixedLength,
        out NdpOptions options)
    {
        options = default;
        return validation == ChecksumValidation.Software && !packet.HasValidChecksum(PseudoHeader(header)) ? PacketDefect.BadChecksum
            : packet.Type != type ? PacketDefect.Unsupported
            : packet.Code != 0 ? PacketDefect.BadNeighborDiscovery
            : InspectHopLimit(header) is var defect and not PacketDefect.None ? defect
            : packet.Data.Length < fixedLength ? PacketDefect.Truncated
            : !NdpOptions.TryParse(packet.Data[fixedLength..], out options) ? PacketDefect.BadOption
            : PacketDefect.None;
    }

    /// <summary>Writes all but the fixed data: the ICMPv6 header, the options and last the checksum.</summary>
    public static void Emit(
        Span<byte> message, IPv6Representation header, Icmpv6Type type, uint restOfHeader, int fixedLength, NdpOptions options)
    {
        InspectHopLimit(header).ThrowIfDefective();
        message[0] = (byte)type;
        message[1] = 0;
        message.WriteUInt16(2, 0);
        message.WriteUInt32(4, restOfHeader);
        var optionsOffset = Icmpv6Packet.HeaderLength + fixedLength;
        options.Emit(message[optionsOffset..]);
        message.WriteUInt16(2, PseudoHeader(header).Checksum(message[..(optionsOffset + options.Length)], default));
    }

    private static PacketDefect InspectHopLimit(IPv6Representation header) =>
        header.HopLimit == HopLimit ? PacketDefect.None : PacketDefect.BadNeighborDiscovery;

    private static PseudoHeader PseudoHeader(IPv6Representation header) =>
        Wire.PseudoHeader.Between(header.SourceAddress, header.DestinationAddress, InternetProtocol.Icmpv6);
}
