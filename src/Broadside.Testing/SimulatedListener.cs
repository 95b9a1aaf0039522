using System.Net;
using Broadside.Channels;

namespace Broadside.Testing;

/// <summary>A channel's queue of connections that were answered and wait to be accepted.</summary>
internal sealed class SimulatedListener(SimulatedChannel channel, EndPoint endPoint, ListenOptions options, IConnectionAcceptor acceptor)
    : ChannelListener, IReady
{
    private readonly Queue<SimulatedConnection> _waiting = new();
    private bool _isClosed;

    public override EndPoint LocalEndPoint => endPoint;

    public SimulatedChannel SimulatedChannel => channel;

    public TransportOptions Transport => options.Transport;

    public bool IsFull => _waiting.Count >= options.Backlog;

    public bool IsReady { get; set; }

    public void Add(SimulatedConnection connection)
    {
        _waiting.Enqueue(connection);
        channel.MarkReady(this);
    }

    public void Dispatch()
    {
        while (_waiting.TryDequeue(out var connection))
        {
            if (!connection.IsOver)
            {
                Accept(connection);
            }
        }
    }

    public override void Close()
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        channel.Network.Listeners.Remove(NetworkName.From(endPoint, channel.Host), this);
        channel.Remove(this);
        while (_waiting.TryDequeue(out var connection))
        {
            connection.Abort();
        }
    }

    private void Accept(SimulatedConnection connection)
    {
        channel.Counters.CountAccept();
        try
        {
            if (acceptor.OnAccepted(connection) is { } handler)
            {
                connection.HandleBy(handler);
                connection.Establish();
                return;
            }
        }
        catch (Exception exception)
        {
            channel.OnHandlerFault(exception);
        }

        connection.Abort();
    }
}
