namespace Broadside.NetStack.Wire;

/// <summary>A host's question for routers (RFC 4861 section 4.1).</summary>
internal readonly record struct RouterSolicitationRepresentation(MacAddress? SourceLinkLayerAddress)
{
    public int Length => Icmpv6Packet.HeaderLength + Options.Length;

    private NdpOptions Options => new() { SourceLinkLayerAddress = SourceLinkLayerAddress };

    public static bool TryParse(
        Icmpv6Packet packet,
        IPv6Representation header,
        ChecksumValidation validation,
        out RouterSolicitationRepresentation representation,
        out PacketDefect defect)
    {
        defect = NdpMessage.Inspect(packet, header, validation, Icmpv6Type.RouterSolicitation, 0, out var options);
        representation = new(options.SourceLinkLayerAddress);
        defect = defect == PacketDefect.None ? representation.Inspect(header) : defect;
        return defect == PacketDefect.None;
    }

    public void Emit(Span<byte> message, IPv6Representation header)
    {
        Inspect(header).ThrowIfDefective();
        NdpMessage.Emit(message, header, Icmpv6Type.RouterSolicitation, 0, 0, Options);
    }

    // RFC 4861 section 6.1.1: who has no address yet does not say where it is.
    private PacketDefect Inspect(IPv6Representation header) =>
        header.SourceAddress.IsUnspecified && SourceLinkLayerAddress is not null ? PacketDefect.BadNeighborDiscovery : PacketDefect.None;
}
