namespace Broadside.NetStack.Tcp;

/// <summary>The states of RFC 9293 section 3.3.2 that a connection can be in; LISTEN is a <see cref="TcpListener"/>, TIME-WAIT a <see cref="TimeWait"/>.</summary>
internal enum TcpState : byte
{
    Closed,
    SynSent,
    SynReceived,
    Established,
    FinWait1,
    FinWait2,
    CloseWait,
    Closing,
    LastAcknowledgment,
}
