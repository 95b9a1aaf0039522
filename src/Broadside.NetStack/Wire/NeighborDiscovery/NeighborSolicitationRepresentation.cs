namespace Broadside.NetStack.Wire;

/// <summary>A question for a neighbor's link-layer address, or whether it is still there (RFC 4861 section 4.3).</summary>
internal readonly record struct NeighborSolicitationRepresentation(IPv6Address TargetAddress, MacAddress? SourceLinkLayerAddress)
{
    private const int FixedLength = IPv6Address.Length;

    public int Length => Icmpv6Packet.HeaderLength + FixedLength + Options.Length;

    private NdpOptions Options => new() { SourceLinkLayerAddress = SourceLinkLayerAddress };

    public static bool TryParse(
        Icmpv6Packet packet,
        IPv6Representation header,
        ChecksumValidation validation,
        out NeighborSolicitationRepresentation representation,
        out PacketDefect defect)
    {
        defect = NdpMessage.Inspect(packet, header, validation, Icmpv6Type.NeighborSolicitation, FixedLength, out var options);
        representation = defect == PacketDefect.None
            ? new(IPv6Address.Read(packet.Data), options.SourceLinkLayerAddress)
            : default;
        defect = defect == PacketDefect.None ? representation.Inspect(header) : defect;
        return defect == PacketDefect.None;
    }

    public void Emit(Span<byte> message, IPv6Representation header)
    {
        Inspect(header).ThrowIfDefective();
        TargetAddress.Write(message[Icmpv6Packet.HeaderLength..]);
        NdpMessage.Emit(message, header, Icmpv6Type.NeighborSolicitation, 0, FixedLength, Options);
    }

    // RFC 4861 section 7.1.1: who has no address yet asks the group only, and does not say where it is.
    private PacketDefect Inspect(IPv6Representation header) =>
        TargetAddress.IsMulticast ? PacketDefect.BadDestinationAddress
        : header.SourceAddress.IsUnspecified && (!header.DestinationAddress.IsSolicitedNode || SourceLinkLayerAddress is not null)
            ? PacketDefect.BadNeighborDiscovery
        : PacketDefect.None;
}
