using System.Net;
using System.Net.Sockets;
using Broadside.Channels;

namespace Broadside.Sockets;

/// <summary>What a socket error means to a connection.</summary>
internal static class SocketFailure
{
    public static CloseReason Reason(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => CloseReason.Refused,

        // Shutdown is EPIPE: the reset was seen before, or the peer has gone and a send tells.
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => CloseReason.PeerReset,
        SocketError.TimedOut => CloseReason.TimedOut,
        SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.NetworkDown or SocketError.HostDown
            or SocketError.HostNotFound or SocketError.AddressFamilyNotSupported or SocketError.ProtocolFamilyNotSupported
            => CloseReason.Unreachable,
        _ => CloseReason.NetworkError,
    };

    /// <summary>As <see cref="Reason"/>, for connecting: a Unix-domain path that does not exist is reported as an unavailable address.</summary>
    public static CloseReason ConnectReason(SocketError error, EndPoint endPoint)
    {
        return error == SocketError.AddressNotAvailable && endPoint is UnixDomainSocketEndPoint ? CloseReason.Refused : Reason(error);
    }
}
