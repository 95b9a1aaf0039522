using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Udp;

/// <summary>A datagram that arrived. Its bytes are valid during the call.</summary>
internal readonly ref struct UdpReceived
{
    public required ReadOnlySpan<byte> Bytes { get; init; }

    /// <summary>Who sent it; port zero takes no answer (RFC 768).</summary>
    public required UdpEndpoint Source { get; init; }

    /// <summary>Where it was sent to, which a socket bound to any address answers from (RFC 1122 section 4.1.3.5).</summary>
    public required UdpEndpoint Destination { get; init; }

    public EcnCodepoint Ecn { get; init; }
}
