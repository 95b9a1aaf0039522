namespace Broadside.NetStack.Wire;

/// <summary>The options of a neighbor discovery message that are understood. Of several of a kind, the first counts.</summary>
internal readonly record struct NdpOptions
{
    private const int LinkLayerAddressLength = 8;
    private const int MtuLength = 8;

    public MacAddress? SourceLinkLayerAddress { get; init; }

    public MacAddress? TargetLinkLayerAddress { get; init; }

    public uint? Mtu { get; init; }

    public PrefixInformation? Prefix { get; init; }

    public int Length =>
        (SourceLinkLayerAddress is null ? 0 : LinkLayerAddressLength)
        + (TargetLinkLayerAddress is null ? 0 : LinkLayerAddressLength)
        + (Mtu is null ? 0 : MtuLength)
        + (Prefix is null ? 0 : PrefixInformation.Length);

    /// <summary>Reads options; false if one has an impossible length, upon which the message is discarded (RFC 4861 section 4.6).</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out NdpOptions options)
    {
        options = default;
        var reader = new NdpOptionReader(bytes);
        while (reader.TryRead(out var option))
        {
            options = options.With(option);
        }

        return !reader.IsMalformed;
    }

    public void Emit(Span<byte> bytes)
    {
        var rest = bytes;
        EmitLinkLayerAddress(ref rest, NdpOptionType.SourceLinkLayerAddress, SourceLinkLayerAddress);
        EmitLinkLayerAddress(ref rest, NdpOptionType.TargetLinkLayerAddress, TargetLinkLayerAddress);
        if (Mtu is { } mtu)
        {
            rest.WriteUInt32(0, ((uint)NdpOptionType.Mtu << 24) | (1 << 16));
            rest.WriteUInt32(4, mtu);
            rest = rest[MtuLength..];
        }

        Prefix?.Emit(rest);
    }

    private static void EmitLinkLayerAddress(ref Span<byte> rest, NdpOptionType type, MacAddress? address)
    {
        if (address is { } present)
        {
            rest[0] = (byte)type;
            rest[1] = 1;
            present.Write(rest[NdpOption.HeaderLength..]);
            rest = rest[LinkLayerAddressLength..];
        }
    }

    private static MacAddress? LinkLayerAddress(NdpOption option) =>
        option.Bytes.Length == LinkLayerAddressLength
        && MacAddress.Read(option.Bytes[NdpOption.HeaderLength..]) is { IsGroup: false } address
            ? address
            : null;

    private NdpOptions With(NdpOption option) => option.Type switch
    {
        NdpOptionType.SourceLinkLayerAddress => this with { SourceLinkLayerAddress = SourceLinkLayerAddress ?? LinkLayerAddress(option) },
        NdpOptionType.TargetLinkLayerAddress => this with { TargetLinkLayerAddress = TargetLinkLayerAddress ?? LinkLayerAddress(option) },
        NdpOptionType.Mtu when option.Bytes.Length == MtuLength => this with { Mtu = Mtu ?? option.Bytes.ReadUInt32(4) },
        NdpOptionType.PrefixInformation when PrefixInformation.TryParse(option, out var prefix) => this with { Prefix = Prefix ?? prefix },
        _ => this,
    };
}
