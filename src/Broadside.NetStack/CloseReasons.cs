using System.Net.Sockets;
using Broadside.Channels;
using Broadside.NetStack.Tcp;

namespace Broadside.NetStack;

/// <summary>What the end of a TCP connection is to the user of a channel.</summary>
internal static class CloseReasons
{
    public static CloseReason Of(TcpCloseReason reason) => reason switch
    {
        TcpCloseReason.Closed => CloseReason.Closed,
        TcpCloseReason.Aborted => CloseReason.Aborted,
        TcpCloseReason.PeerReset => CloseReason.PeerReset,
        TcpCloseReason.Refused => CloseReason.Refused,
        TcpCloseReason.Unreachable => CloseReason.Unreachable,
        TcpCloseReason.TimedOut => CloseReason.TimedOut,
        _ => CloseReason.NetworkError,
    };

    /// <summary>As the framework's sockets tell it; null where the reason says all.</summary>
    public static SocketException? ErrorOf(TcpCloseReason reason) => reason switch
    {
        TcpCloseReason.PeerReset => new((int)SocketError.ConnectionReset),
        TcpCloseReason.Refused => new((int)SocketError.ConnectionRefused),
        TcpCloseReason.Unreachable => new((int)SocketError.HostUnreachable),
        TcpCloseReason.TimedOut => new((int)SocketError.TimedOut),
        _ => null,
    };

    /// <summary>Why a connection could not even be tried.</summary>
    public static (CloseReason Reason, SocketException Error) Of(OpenResult result) => result switch
    {
        OpenResult.NoRoute => (CloseReason.Unreachable, new((int)SocketError.NetworkUnreachable)),
        OpenResult.PortInUse => (CloseReason.NetworkError, new((int)SocketError.AddressAlreadyInUse, "All ports to the endpoint are in use.")),
        _ => (CloseReason.NetworkError, new((int)SocketError.NoBufferSpaceAvailable, "The stack has as many connections as it may have.")),
    };
}
