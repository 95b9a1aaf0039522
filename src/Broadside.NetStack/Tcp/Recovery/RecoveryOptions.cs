namespace Broadside.NetStack.Tcp.Recovery;

/// <summary>What all connections of a stack have in common.</summary>
internal sealed record RecoveryOptions
{
    public static readonly RecoveryOptions Default = new();

    /// <summary>RFC 6298 section 5.7.</summary>
    public static readonly TimeSpan TimeoutAfterLostHandshake = TimeSpan.FromSeconds(3);

    /// <summary>RFC 6298 section 2.1.</summary>
    public TimeSpan InitialTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>RFC 6298 section 2.4 says one second should be the least; as in Linux it is less, and bounds the variation.</summary>
    public TimeSpan MinimumTimeout { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>RFC 6298 section 2.5: at least a minute.</summary>
    public TimeSpan MaximumTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>G of RFC 6298, and what a tick of the timestamp clock is worth (RFC 7323 section 5.4).</summary>
    public TimeSpan ClockGranularity { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>How long a receiver may delay an acknowledgment: WCDelAckT of RFC 8985 section 7.2.</summary>
    public TimeSpan MaximumAcknowledgmentDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>With how many full segments a connection begins; null for what RFC 6928 names.</summary>
    public int? InitialWindowSegments { get; init; }

    /// <summary>Whether an idle connection begins anew with the initial window (RFC 5681 section 4.1).</summary>
    public bool SlowStartAfterIdle { get; init; } = true;

    /// <summary>Whether the loss of the last segments is probed for before the retransmission timer expires (RFC 8985 section 7).</summary>
    public bool TailLossProbes { get; init; } = true;

    /// <summary>How many ranges a scoreboard holds before it stops telling neighbours apart and, in the end, stops new data.</summary>
    public int MaximumRanges { get; init; } = 4096;
}
