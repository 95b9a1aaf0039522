using Broadside.PacketScripts.Sockets;

namespace Broadside.PacketScripts.Running;

/// <summary>Which of the stack's options a level and a name stand for.</summary>
internal static class SocketOptionNames
{
    private static readonly Dictionary<(string Level, string Name), SocketOption> Known = new()
    {
        [("SOL_SOCKET", "SO_REUSEADDR")] = SocketOption.ReuseAddress,
        [("SOL_SOCKET", "SO_RCVBUF")] = SocketOption.ReceiveBuffer,
        [("SOL_SOCKET", "SO_SNDBUF")] = SocketOption.SendBuffer,
        [("SOL_SOCKET", "SO_KEEPALIVE")] = SocketOption.KeepAlive,
        [("SOL_TCP", "TCP_NODELAY")] = SocketOption.NoDelay,
        [("SOL_TCP", "TCP_CORK")] = SocketOption.Cork,
        [("SOL_TCP", "TCP_MAXSEG")] = SocketOption.MaximumSegmentSize,
        [("SOL_TCP", "TCP_QUICKACK")] = SocketOption.QuickAcknowledgment,
        [("SOL_TCP", "TCP_KEEPIDLE")] = SocketOption.KeepAliveIdle,
        [("SOL_TCP", "TCP_KEEPINTVL")] = SocketOption.KeepAliveInterval,
        [("SOL_TCP", "TCP_KEEPCNT")] = SocketOption.KeepAliveCount,
        [("SOL_TCP", "TCP_USER_TIMEOUT")] = SocketOption.UserTimeout,
        [("SOL_IP", "IP_MTU_DISCOVER")] = SocketOption.PathMtuDiscovery,
    };

    public static bool TryFind(string level, string name, out SocketOption option) => Known.TryGetValue((Canonical(level), name), out option);

    /// <summary>Levels have two names each.</summary>
    public static string Canonical(string level) => level switch
    {
        "IPPROTO_TCP" => "SOL_TCP",
        "IPPROTO_IP" => "SOL_IP",
        _ => level,
    };
}
