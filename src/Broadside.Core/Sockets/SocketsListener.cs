using System.Net;
using System.Net.Sockets;
using Broadside.Channels;

namespace Broadside.Sockets;

/// <summary>A channel's share of a listening socket.</summary>
internal sealed class SocketsListener : ChannelListener
{
    // Bounds how long one listener keeps a round to itself.
    private const int AcceptsPerRound = 64;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(50);

    private readonly IConnectionAcceptor _acceptor;
    private readonly TransportOptions _transport;
    private readonly SharedListener _shared;
    private readonly AcceptOperation _operation;
    private readonly Retry _retry;
    private readonly bool _isWildcard;
    private long _failuresSinceLogged;
    private long _loggedAt = long.MinValue;
    private bool _closed;

    public SocketsListener(SocketsChannel channel, EndPoint endPoint, ListenOptions options, IConnectionAcceptor acceptor)
    {
        Channel = channel;
        _acceptor = acceptor;
        _transport = options.Transport;
        _shared = channel.Backend.Join(endPoint, options, this);
        _operation = new AcceptOperation(_shared, this);
        _retry = new Retry(this);
        _isWildcard = _shared.LocalEndPoint is IPEndPoint { Address: var address }
            && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));
    }

    public SocketsChannel Channel { get; }

    public override EndPoint LocalEndPoint => _shared.LocalEndPoint;

    /// <summary>Begins to accept in the next round: the acceptor hears of nothing before it knows its listener.</summary>
    public void Start() => Channel.Schedule(_retry, TimeSpan.Zero);

    /// <summary>Accepts what waits, then leaves an accept pending.</summary>
    private void Accept()
    {
        for (var count = 0; !_closed; count++)
        {
            if (count == AcceptsPerRound)
            {
                Channel.Schedule(_retry, TimeSpan.Zero);
                return;
            }

            _operation.AcceptSocket = null;
            if (_shared.Socket.AcceptAsync(_operation) || !Take(_operation))
            {
                return;
            }
        }
    }

    /// <summary>A pending accept has ended: this listener's own, or one that a closed listener left behind.</summary>
    public void OnAccepted(AcceptOperation operation)
    {
        if (_closed)
        {
            _shared.Route(operation);
            return;
        }

        var goOn = Take(operation);
        if (!ReferenceEquals(operation, _operation))
        {
            operation.Dispose();
        }
        else if (goOn)
        {
            Accept();
        }
    }

    public override void Close()
    {
        if (!_closed)
        {
            _closed = true;
            Channel.Cancel(_retry);
            Channel.Remove(this);
            Channel.Backend.Leave(_shared, this);
        }
    }

    /// <summary>Whether to accept the next at once.</summary>
    private bool Take(AcceptOperation operation)
    {
        if (operation.SocketError == SocketError.Success)
        {
            Serve(operation.AcceptSocket!);
            return true;
        }

        if (!_closed)
        {
            CountFailure(operation.SocketError);
            Channel.Schedule(_retry, RetryAfter);
        }

        return false;
    }

    private void Serve(Socket socket)
    {
        try
        {
            SocketOptions.ApplyAccepted(socket, _transport);
        }
        catch (SocketException)
        {
            // The connection was reset while it waited (macOS tells so here): there is nobody to serve.
            socket.Dispose();
            return;
        }

        Channel.Counters.CountAccept();
        Channel.Add(socket, _transport, _isWildcard ? null : LocalEndPoint).Accept(_acceptor);
    }

    private void CountFailure(SocketError error)
    {
        Channel.Counters.CountAcceptFailure();
        _failuresSinceLogged++;
        if (_loggedAt == long.MinValue || Channel.TimeProvider.GetElapsedTime(_loggedAt, Channel.Now) >= TimeSpan.FromSeconds(1))
        {
            ChannelLog.AcceptFailed(Channel.Logger, LocalEndPoint, _failuresSinceLogged, error.ToString());
            _loggedAt = Channel.Now;
            _failuresSinceLogged = 0;
        }
    }

    private sealed class Retry(SocketsListener listener) : ChannelTimer
    {
        protected internal override void OnDue() => listener.Accept();
    }
}
