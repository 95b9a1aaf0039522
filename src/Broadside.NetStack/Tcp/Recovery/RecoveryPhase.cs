namespace Broadside.NetStack.Tcp.Recovery;

internal enum RecoveryPhase : byte
{
    Open,

    /// <summary>Fast retransmit and fast recovery (RFC 5681 section 3.2, RFC 6675 section 5).</summary>
    FastRecovery,

    /// <summary>After a retransmission timeout, until what was outstanding then is acknowledged.</summary>
    TimeoutRecovery,
}
