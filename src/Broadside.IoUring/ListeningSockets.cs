using System.Net;
using System.Net.Sockets;
using Broadside.Channels;
using Broadside.IoUring.Interop;

namespace Broadside.IoUring;

/// <summary>What a backend's channels listen on. Safe for use from any thread.</summary>
internal sealed class ListeningSockets
{
    private readonly Lock _lock = new();
    private readonly Dictionary<EndPoint, List<ListeningSocket>> _sockets = [];

    /// <summary>A socket for one more listener on an endpoint: one of its own, or for a Unix-domain endpoint the shared one.</summary>
    /// <exception cref="SocketException">The endpoint cannot be bound.</exception>
    public ListeningSocket Open(EndPoint endPoint, ListenOptions options)
    {
        if (endPoint is DnsEndPoint)
        {
            throw new SocketException((int)SocketError.HostNotFound);
        }

        lock (_lock)
        {
            var isUnix = endPoint is UnixDomainSocketEndPoint;
            if (!_sockets.TryGetValue(endPoint, out var sockets) && endPoint is IPEndPoint { Port: > 0 })
            {
                // SO_REUSEPORT would quietly take a share of what another engine or process listens on.
                NativeSocket.CheckFree(endPoint);
            }

            var socket = isUnix && sockets is not null ? sockets[0] : Add(endPoint, options, shared: !isUnix);
            socket.Holders++;
            socket.Listeners++;
            return socket;
        }
    }

    /// <summary>A listener accepts no more; the endpoint refuses connections once the last has left.</summary>
    public void Leave(ListeningSocket socket)
    {
        lock (_lock)
        {
            if (--socket.Listeners > 0)
            {
                return;
            }

            socket.Refuse();
            var sockets = _sockets[socket.LocalEndPoint];
            sockets.Remove(socket);
            if (sockets.Count == 0)
            {
                _sockets.Remove(socket.LocalEndPoint);
            }
        }
    }

    /// <summary>Nothing of a listener is pending on its socket any more.</summary>
    public void Release(ListeningSocket socket)
    {
        lock (_lock)
        {
            if (--socket.Holders == 0)
            {
                socket.Close();
            }
        }
    }

    private ListeningSocket Add(EndPoint endPoint, ListenOptions options, bool shared)
    {
        var file = NativeSocket.Listen(endPoint, options, shared, out var local);
        var socket = new ListeningSocket(file, local);
        if (!_sockets.TryGetValue(local, out var sockets))
        {
            _sockets.Add(local, sockets = []);
        }

        sockets.Add(socket);
        return socket;
    }
}
