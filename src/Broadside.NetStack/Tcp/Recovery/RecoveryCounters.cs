namespace Broadside.NetStack.Tcp.Recovery;

/// <summary>What happened to a connection so far.</summary>
internal struct RecoveryCounters
{
    public int Retransmissions;
    public long RetransmittedBytes;
    public int Timeouts;
    public int FastRecoveries;
    public int TailLossProbes;

    /// <summary>Losses that only a probe had repaired (RFC 8985 section 7.4).</summary>
    public int ProbeRecoveries;

    /// <summary>Reductions taken back, as nothing had been lost.</summary>
    public int SpuriousRecoveries;
    public int SpuriousTimeouts;
    public int EcnReductions;
    public int DuplicateSacks;
    public int Reneged;
}
