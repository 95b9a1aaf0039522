namespace Broadside.NetStack.Wire;

/// <summary>What a router tells hosts (RFC 4861 section 4.2).</summary>
internal readonly record struct RouterAdvertisementRepresentation
{
    // Reachable Time and Retrans Timer.
    private const int FixedLength = 8;
    private const uint ManagedFlag = 0x80 << 16;
    private const uint OtherFlag = 0x40 << 16;

    /// <summary>The hop limit to send with; zero says nothing.</summary>
    public byte CurrentHopLimit { get; init; }

    /// <summary>Whether addresses are had by DHCPv6.</summary>
    public bool ManagedAddressConfiguration { get; init; }

    /// <summary>Whether other configuration is had by DHCPv6.</summary>
    public bool OtherConfiguration { get; init; }

    /// <summary>For how many seconds this is a default router; zero for one that is not.</summary>
    public ushort RouterLifetime { get; init; }

    /// <summary>For how many milliseconds a neighbor counts as reachable; zero says nothing.</summary>
    public uint ReachableTime { get; init; }

    /// <summary>After how many milliseconds a solicitation is repeated; zero says nothing.</summary>
    public uint RetransTimer { get; init; }

    public MacAddress? SourceLinkLayerAddress { get; init; }

    public uint? Mtu { get; init; }

    /// <summary>The first prefix; <see cref="Options"/> has all.</summary>
    public PrefixInformation? Prefix { get; init; }

    public int Length => Icmpv6Packet.HeaderLength + FixedLength + EmittedOptions.Length;

    private NdpOptions EmittedOptions => new() { SourceLinkLayerAddress = SourceLinkLayerAddress, Mtu = Mtu, Prefix = Prefix };

    public static bool TryParse(
        Icmpv6Packet packet,
        IPv6Representation header,
        ChecksumValidation validation,
        out RouterAdvertisementRepresentation representation,
        out PacketDefect defect)
    {
        representation = default;
        defect = NdpMessage.Inspect(packet, header, validation, Icmpv6Type.RouterAdvertisement, FixedLength, out var options);
        defect = defect == PacketDefect.None ? Inspect(header) : defect;
        if (defect != PacketDefect.None)
        {
            return false;
        }

        representation = new()
        {
            CurrentHopLimit = (byte)(packet.RestOfHeader >> 24),
            ManagedAddressConfiguration = (packet.RestOfHeader & ManagedFlag) != 0,
            OtherConfiguration = (packet.RestOfHeader & OtherFlag) != 0,
            RouterLifetime = (ushort)packet.RestOfHeader,
            ReachableTime = packet.Data.ReadUInt32(0),
            RetransTimer = packet.Data.ReadUInt32(4),
            SourceLinkLayerAddress = options.SourceLinkLayerAddress,
            Mtu = options.Mtu,
            Prefix = options.Prefix,
        };
        return true;
    }

    /// <summary>All options of a message that has been found good, so that each of its prefixes can be read.</summary>
    public static NdpOptionReader Options(Icmpv6Packet packet) => new(packet.Data[FixedLength..]);

    public void Emit(Span<byte> message, IPv6Representation header)
    {
        Inspect(header).ThrowIfDefective();
        message.WriteUInt32(Icmpv6Packet.HeaderLength, ReachableTime);
        message.WriteUInt32(Icmpv6Packet.HeaderLength + 4, RetransTimer);
        var restOfHeader = ((uint)CurrentHopLimit << 24)
            | (ManagedAddressConfiguration ? ManagedFlag : 0)
            | (OtherConfiguration ? OtherFlag : 0)
            | RouterLifetime;
        NdpMessage.Emit(message, header, Icmpv6Type.RouterAdvertisement, restOfHeader, FixedLength, EmittedOptions);
    }

    // RFC 4861 section 6.1.2: a router speaks from its link-local address.
    private static PacketDefect Inspect(IPv6Representation header) =>
        header.SourceAddress.IsLinkLocal ? PacketDefect.None : PacketDefect.BadNeighborDiscovery;
}
