using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>A whole IP packet for this host, its network headers checked and removed.</summary>
internal readonly ref struct IncomingPacket
{
    public required NetworkAddress Source { get; init; }

    public required NetworkAddress Destination { get; init; }

    public required InternetProtocol Protocol { get; init; }

    public EcnCodepoint Ecn { get; init; }

    /// <summary>The transport's header and payload.</summary>
    public required ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>The packet from its IP header on, as ICMP errors quote it.</summary>
    public ReadOnlySpan<byte> Packet { get; init; }

    /// <summary>Whether the transport's checksum is still to be checked.</summary>
    public ChecksumValidation Validation { get; init; }

    /// <summary>Where several TCP segments were joined into one, how much payload each had; else zero.</summary>
    public int SegmentSize { get; init; }

    /// <summary>Whether it was sent to a broadcast or multicast address, of IP or of the link: such are never answered with errors.</summary>
    public bool IsGroup { get; init; }

    /// <summary>The same packet once its extension headers have been passed.</summary>
    public IncomingPacket With(InternetProtocol protocol, ReadOnlySpan<byte> payload) => new()
    {
        Source = Source,
        Destination = Destination,
        Protocol = protocol,
        Ecn = Ecn,
        Payload = payload,
        Packet = Packet,
        Validation = Validation,
        SegmentSize = SegmentSize,
        IsGroup = IsGroup,
    };
}
