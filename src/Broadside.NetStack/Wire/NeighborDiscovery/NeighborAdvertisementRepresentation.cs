namespace Broadside.NetStack.Wire;

/// <summary>A neighbor's answer, or its unasked news (RFC 4861 section 4.4).</summary>
internal readonly record struct NeighborAdvertisementRepresentation
{
    private const int FixedLength = IPv6Address.Length;
    private const uint RouterFlag = 0x8000_0000;
    private const uint SolicitedFlag = 0x4000_0000;
    private const uint OverrideFlag = 0x2000_0000;

    /// <summary>Whether the sender is a router.</summary>
    public bool Router { get; init; }

    /// <summary>Whether it answers a solicitation.</summary>
    public bool Solicited { get; init; }

    /// <summary>Whether it replaces an address known before.</summary>
    public bool Override { get; init; }

    public required IPv6Address TargetAddress { get; init; }

    public MacAddress? TargetLinkLayerAddress { get; init; }

    public int Length => Icmpv6Packet.HeaderLength + FixedLength + Options.Length;

    private NdpOptions Options => new() { TargetLinkLayerAddress = TargetLinkLayerAddress };

    public static bool TryParse(
        Icmpv6Packet packet,
        IPv6Representation header,
        ChecksumValidation validation,
        out NeighborAdvertisementRepresentation representation,
        out PacketDefect defect)
    {
        representation = default;
        defect = NdpMessage.Inspect(packet, header, validation, Icmpv6Type.NeighborAdvertisement, FixedLength, out var options);
        if (defect != PacketDefect.None)
        {
            return false;
        }

        representation = new()
        {
            Router = (packet.RestOfHeader & RouterFlag) != 0,
            Solicited = (packet.RestOfHeader & SolicitedFlag) != 0,
            Override = (packet.RestOfHeader & OverrideFlag) != 0,
            TargetAddress = IPv6Address.Read(packet.Data),
            TargetLinkLayerAddress = options.TargetLinkLayerAddress,
        };
        defect = representation.Inspect(header);
        return defect == PacketDefect.None;
    }

    public void Emit(Span<byte> message, IPv6Representation header)
    {
        Inspect(header).ThrowIfDefective();
        TargetAddress.Write(message[Icmpv6Packet.HeaderLength..]);
        var flags = (Router ? RouterFlag : 0) | (Solicited ? SolicitedFlag : 0) | (Override ? OverrideFlag : 0);
        NdpMessage.Emit(message, header, Icmpv6Type.NeighborAdvertisement, flags, FixedLength, Options);
    }

    // RFC 4861 section 7.1.2: an answer goes to who asked, not to a group.
    private PacketDefect Inspect(IPv6Representation header) =>
        TargetAddress.IsMulticast ? PacketDefect.BadDestinationAddress
        : Solicited && header.DestinationAddress.IsMulticast ? PacketDefect.BadNeighborDiscovery
        : PacketDefect.None;
}
