namespace Broadside.NetStack.Tcp.Recovery;

/// <summary>What came due.</summary>
internal enum RecoveryTimer : byte
{
    None,

    /// <summary>The reordering window has passed: there may be something to retransmit (RFC 8985 section 6.3).</summary>
    LossMarked,

    /// <summary>A segment is to be sent as a probe: new data if there is some that the receiver's window allows, else the last segment again.</summary>
    TailLossProbe,

    /// <summary>The first segment is to be retransmitted.</summary>
    RetransmissionTimeout,
}
