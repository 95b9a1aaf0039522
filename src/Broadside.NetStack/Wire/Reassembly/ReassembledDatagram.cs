namespace Broadside.NetStack.Wire;

/// <summary>A datagram put together again, in memory that is its reassembler's until that is next called.</summary>
internal readonly ref struct ReassembledDatagram
{
    public required FragmentKey Key { get; init; }

    /// <summary>What the payload begins with.</summary>
    public required InternetProtocol Protocol { get; init; }

    /// <summary>Congestion experienced if any fragment has (RFC 3168 section 5.3).</summary>
    public required EcnCodepoint Ecn { get; init; }

    /// <summary>The headers of the first fragment as they came, then the whole payload: what an ICMP message quotes.</summary>
    public required ReadOnlySpan<byte> Packet { get; init; }

    public required int HeaderLength { get; init; }

    public ReadOnlySpan<byte> Payload => Packet[HeaderLength..];
}
