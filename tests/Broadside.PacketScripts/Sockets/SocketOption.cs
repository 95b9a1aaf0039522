namespace Broadside.PacketScripts.Sockets;

/// <summary>The options with one number for a value; durations are in the unit that Linux has for them.</summary>
internal enum SocketOption : byte
{
    ReuseAddress,
    ReceiveBuffer,
    SendBuffer,
    KeepAlive,
    NoDelay,
    Cork,
    MaximumSegmentSize,
    QuickAcknowledgment,

    /// <summary>TCP_KEEPIDLE, in seconds.</summary>
    KeepAliveIdle,

    /// <summary>TCP_KEEPINTVL, in seconds.</summary>
    KeepAliveInterval,

    /// <summary>TCP_KEEPCNT.</summary>
    KeepAliveCount,

    /// <summary>TCP_USER_TIMEOUT, in milliseconds.</summary>
    UserTimeout,

    /// <summary>IP_MTU_DISCOVER.</summary>
    PathMtuDiscovery,
}
