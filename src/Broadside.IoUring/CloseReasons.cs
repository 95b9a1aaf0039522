using System.Net;
using System.Net.Sockets;
using Broadside.Channels;
using Broadside.IoUring.Interop;

namespace Broadside.IoUring;

/// <summary>What an error number means to a connection.</summary>
internal static class CloseReasons
{
    public static CloseReason Of(int error) => error switch
    {
        Errno.ConnectionRefused => CloseReason.Refused,

        // A broken pipe: the reset was seen before, or the peer has gone and a send tells.
        Errno.ConnectionReset or Errno.ConnectionAborted or Errno.BrokenPipe or Errno.NotConnected => CloseReason.PeerReset,
        Errno.TimedOut => CloseReason.TimedOut,
        Errno.NetworkUnreachable or Errno.HostUnreachable or Errno.NetworkDown or Errno.HostDown or Errno.AddressFamily
            => CloseReason.Unreachable,
        _ => CloseReason.NetworkError,
    };

    /// <summary>As <see cref="Of"/>, for connecting: at a Unix-domain path that does not exist nobody listens.</summary>
    public static CloseReason OfConnect(int error, EndPoint endPoint) =>
        error == Errno.NoEntry && endPoint is UnixDomainSocketEndPoint ? CloseReason.Refused : Of(error);
}
