using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp.Recovery;

/// <summary>What a received segment says of what was sent.</summary>
internal readonly record struct Acknowledgment
{
    public required SequenceNumber Number { get; init; }

    public SackBlocks Sack { get; init; }

    /// <summary>Whether the segment carries data, SYN or FIN: such are no duplicates (RFC 5681 section 2).</summary>
    public bool CarriesData { get; init; }

    public bool ChangesWindow { get; init; }

    /// <summary>When the timestamp that it echoes was sent, to the granularity of the timestamp clock.</summary>
    public TimeSpan? EchoedAt { get; init; }

    public bool EcnEcho { get; init; }

    /// <summary>How much new data could be sent, were the receiver's window the only limit; forward RTO recovery needs some.</summary>
    public int Sendable { get; init; }
}
