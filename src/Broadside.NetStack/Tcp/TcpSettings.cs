using Broadside.NetStack.Tcp.Congestion;
using Broadside.NetStack.Tcp.Recovery;

namespace Broadside.NetStack.Tcp;

/// <summary>What all connections of a stack have in common.</summary>
internal sealed record TcpSettings
{
    /// <summary>Connections, those being opened included. More are refused.</summary>
    public int MaximumConnections { get; init; } = 65_536;

    /// <summary>Half-open connections of all listeners; beyond that SYN cookies answer (RFC 4987).</summary>
    public int MaximumPendingConnections { get; init; } = 4_096;

    /// <summary>Connections in TIME-WAIT, and those in FIN-WAIT-2 that nobody holds any more. Beyond that the oldest end early.</summary>
    public int MaximumTimeWaits { get; init; } = 32_768;

    /// <summary>2 MSL (RFC 9293 section 3.4.2 names two minutes for MSL; half a minute is what is usual).</summary>
    public TimeSpan TimeWait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a connection that nobody holds any more waits for its peer's FIN.</summary>
    public TimeSpan FinWait2Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a SYN is sent again (RFC 9293 section 3.8.3 asks for three minutes; the caller's deadline is usually sooner).</summary>
    public int SynRetries { get; init; } = 6;

    /// <summary>How often a SYN with ACK is sent again.</summary>
    public int SynAckRetries { get; init; } = 5;

    /// <summary>How many timeouts in a row end a connection: R2 of RFC 9293 section 3.8.3, some fifteen minutes.</summary>
    public int RetransmissionLimit { get; init; } = 15;

    /// <summary>How many timeouts in a row end a connection that nobody holds any more.</summary>
    public int OrphanRetransmissionLimit { get; init; } = 8;

    /// <summary>How long an ACK may wait for company (RFC 9293 section 3.8.6.3 allows 500 ms).</summary>
    public TimeSpan DelayedAcknowledgment { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>The receive buffer a connection starts with, in bytes; it grows with what the peer sends in a round trip.</summary>
    public int InitialReceiveBuffer { get; init; } = 128 * 1024;

    /// <summary>What the receive buffer grows to: a gigabit per second at 100 ms is 12.5 MB.</summary>
    public int MaximumReceiveBuffer { get; init; } = 16 * 1024 * 1024;

    /// <summary>RFC 7323.</summary>
    public bool Timestamps { get; init; } = true;

    /// <summary>RFC 7323.</summary>
    public bool WindowScaling { get; init; } = true;

    /// <summary>RFC 2018.</summary>
    public bool SelectiveAcknowledgments { get; init; } = true;

    /// <summary>RFC 3168.</summary>
    public EcnNegotiation Ecn { get; init; } = EcnNegotiation.WhenAsked;

    /// <summary>Timeouts and limits of loss recovery.</summary>
    public RecoveryOptions Recovery { get; init; } = RecoveryOptions.Default;

    public CongestionAlgorithm CongestionAlgorithm { get; init; } = CongestionAlgorithm.Cubic;

    /// <summary>Whether data leave spread over the round trip instead of in bursts.</summary>
    public bool Pacing { get; init; }

    /// <summary>Whether SYN cookies may be sent at all.</summary>
    public bool SynCookies { get; init; } = true;
}

/// <summary>Who begins with ECN.</summary>
internal enum EcnNegotiation : byte
{
    Never,

    /// <summary>It is agreed to when the peer asks, and not asked for: some networks drop SYNs that ask.</summary>
    WhenAsked,

    Always,
}
