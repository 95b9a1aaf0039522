using System.Net;
using System.Net.Sockets;
using Broadside.Channels;
using Broadside.IoUring.Interop;

namespace Broadside.IoUring;

/// <summary>What a backend's channels listen on. Safe for use from any thread.</summary>
internal sealed class ListeningSockets(AcceptSteering steering)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<EndPoint, List<ListeningSocket>> _sockets = [];

    /// <summary>A socket for one more listener on an endpoint: one of its own, or for a Unix-domain endpoint the shared one.</summary>
    /// <param name="endPoint">The endpoint.</param>
    /// <param name="options">How to listen.</param>
    /// <param name="processor">The processor the listener's channel is pinned to; null for none.</param>
    /// <exception cref="SocketException">The endpoint cannot be bound.</exception>
    public ListeningSocket Open(EndPoint endPoint, ListenOptions options, int? processor)
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

            var socket = isUnix && sockets is not null ? sockets[0] : Add(endPoint, options, shared: !isUnix, processor);
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
            Remove(sockets, socket);
            if (sockets.Count == 0)
            {
                _sockets.Remove(socket.LocalEndPoint);
            }
            else
            {
                Steer(sockets);
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

    // As the kernel does in the group: the last takes the place of one that leaves (reuseport_detach_sock).
    private static void Remove(List<ListeningSocket> sockets, ListeningSocket socket)
    {
        sockets[sockets.IndexOf(socket)] = sockets[^1];
        sockets.RemoveAt(sockets.Count - 1);
    }

    private ListeningSocket Add(EndPoint endPoint, ListenOptions options, bool shared, int? processor)
    {
        var file = NativeSocket.Listen(endPoint, options, shared, out var local);
        var socket = new ListeningSocket(file, local) { Processor = shared ? processor : null };
        if (!_sockets.TryGetValue(local, out var sockets))
        {
            _sockets.Add(local, sockets = []);
        }

        sockets.Add(socket);
        Steer(sockets);
        return socket;
    }

    /// <summary>Tells the kernel which socket of a group is for which processor. Where it refuses, the hash decides.</summary>
    private void Steer(List<ListeningSocket> sockets)
    {
        if (steering == AcceptSteering.ReceivingProcessor && sockets.Any(static socket => socket.Processor is not null))
        {
            _ = SteeringProgram.Attach(sockets[0].File, sockets.Select(static socket => socket.Processor).ToArray());
        }
    }
}
