namespace Broadside.NetStack.Tcp.Recovery;

internal enum SentKind : byte
{
    NewData,
    Retransmission,

    /// <summary>A tail loss probe: new data, or the last segment again (RFC 8985 section 7.3).</summary>
    Probe,
}
