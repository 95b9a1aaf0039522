namespace Broadside.NetStack.Wire;

/// <summary>A fragment of either version of IP, as it is reassembled.</summary>
internal readonly ref struct Fragment
{
    public required FragmentKey Key { get; init; }

    /// <summary>What the whole payload begins with; only the first fragment's counts.</summary>
    public required InternetProtocol Protocol { get; init; }

    /// <summary>Where the payload belongs, in bytes.</summary>
    public required int Offset { get; init; }

    public required bool MoreFragments { get; init; }

    public required EcnCodepoint Ecn { get; init; }

    /// <summary>All headers before the payload.</summary>
    public required ReadOnlySpan<byte> Header { get; init; }

    public required ReadOnlySpan<byte> Payload { get; init; }

    public int End => Offset + Payload.Length;

    /// <summary>A packet's fragment, after its representation has been found good.</summary>
    public static Fragment Of(IPv4Packet packet) => new()
    {
        Key = new(packet.SourceAddress, packet.DestinationAddress, packet.Identification, packet.Protocol),
        Protocol = packet.Protocol,
        Offset = packet.FragmentOffset,
        MoreFragments = packet.MoreFragments,
        Ecn = packet.Ecn,
        Header = packet.Header,
        Payload = packet.Payload,
    };

    /// <summary>A packet's fragment, after its chain has been found to end in one.</summary>
    public static Fragment Of(IPv6Packet packet, IPv6HeaderChain chain)
    {
        var header = chain.Fragment!.Value;
        return new()
        {
            Key = new(packet.SourceAddress, packet.DestinationAddress, header.Identification, default),
            Protocol = header.NextHeader,
            Offset = header.FragmentOffset,
            MoreFragments = header.MoreFragments,
            Ecn = packet.Ecn,
            Header = packet.HeaderWith(chain.Length),
            Payload = chain.Payload,
        };
    }
}
