using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>What an ICMP message, or this host's own network layer, says of a packet sent before.</summary>
internal readonly record struct DeliveryError
{
    public required DeliveryErrorKind Kind { get; init; }

    /// <summary>Of the packet as it was sent: the source is this host.</summary>
    public required QuotedPacket Packet { get; init; }

    /// <summary>For <see cref="DeliveryErrorKind.TooBig"/>, the longest packet that the next link carries; zero if it was not said (RFC 1191 section 5).</summary>
    public int MaximumTransmissionUnit { get; init; }
}

internal enum DeliveryErrorKind : byte
{
    /// <summary>Network or host unreachable, source route failed, time exceeded: a soft error (RFC 1122 section 4.2.3.9).</summary>
    Unreachable,

    /// <summary>Protocol or port unreachable, administratively prohibited.</summary>
    Refused,

    /// <summary>Fragmentation needed, or packet too big.</summary>
    TooBig,
}
