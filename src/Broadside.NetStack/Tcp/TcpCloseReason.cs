namespace Broadside.NetStack.Tcp;

/// <summary>Why a connection is over.</summary>
internal enum TcpCloseReason : byte
{
    /// <summary>Both directions were ended in order.</summary>
    Closed,

    /// <summary>This side reset it.</summary>
    Aborted,

    /// <summary>The peer reset it.</summary>
    PeerReset,

    /// <summary>The peer answered the SYN with RST.</summary>
    Refused,

    /// <summary>There is no route, or the network said again and again that there is none.</summary>
    Unreachable,

    /// <summary>The peer answered nothing for too long.</summary>
    TimedOut,
}
