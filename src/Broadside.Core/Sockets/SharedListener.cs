using System.Net;
using System.Net.Sockets;
using Broadside.Channels;

namespace Broadside.Sockets;

/// <summary>
/// One listening socket and the channels it serves. Each has its own accept pending, and the framework serves these in turn:
/// that partitions the connections on every platform.
/// </summary>
/// <remarks>
/// A single accept cannot be cancelled. One whose channel has left therefore stays pending, and what it brings is routed to a
/// channel that still listens. Safe for use from any thread.
/// </remarks>
internal sealed class SharedListener
{
    private readonly Lock _lock = new();
    private readonly List<SocketsListener> _participants = [];
    private int _turn;

    public SharedListener(EndPoint endPoint, ListenOptions options)
    {
        Socket = SocketOptions.Create(endPoint);
        try
        {
            // On Linux accepted sockets inherit these; the receive buffer has to be set before the handshake everywhere.
            SocketOptions.Apply(Socket, options.Transport);
            SocketOptions.DeferAccept(Socket, options.DeferAccept);
            Socket.Bind(endPoint);
            Socket.Listen(options.Backlog);
            LocalEndPoint = Socket.LocalEndPoint!;
        }
        catch
        {
            Socket.Dispose();
            throw;
        }
    }

    public Socket Socket { get; }

    public EndPoint LocalEndPoint { get; }

    public void Join(SocketsListener participant)
    {
        lock (_lock)
        {
            _participants.Add(participant);
        }
    }

    /// <summary>Takes a participant out; true when it was the last. Nothing is routed to it afterwards.</summary>
    public bool Leave(SocketsListener participant)
    {
        lock (_lock)
        {
            return _participants.Remove(participant) && _participants.Count == 0;
        }
    }

    public void Close() => Socket.Dispose();

    /// <summary>Hands a finished accept to its own channel, or to another if that has left, or drops it if none listens.</summary>
    public void Route(AcceptOperation operation)
    {
        lock (_lock)
        {
            if (!_participants.Contains(operation.Listener) && _participants.Count > 0)
            {
                operation.Listener = _participants[_turn++ % _participants.Count];
            }

            if (_participants.Count > 0)
            {
                operation.Listener.Channel.Complete(operation);
                return;
            }
        }

        operation.Drop();
    }
}
