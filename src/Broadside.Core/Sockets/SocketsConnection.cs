using System.Net;
using System.Net.Sockets;
using Broadside.Channels;

namespace Broadside.Sockets;

/// <summary>A connection over a socket: its life from connect or accept to the last callback.</summary>
/// <remarks>
/// An idle connection has one operation pending, a receive without a buffer, and holds no other memory than this object and the
/// framework's. What a connection needs only while it sends or ends is made or rented then.
/// </remarks>
internal sealed partial class SocketsConnection : ChannelConnection
{
    private readonly Socket? _socket;
    private readonly TransportOptions _transport;
    private ReceiveOperation? _receive;
    private SendOperation? _send;
    private Ending? _ending;
    private EndPoint? _local;
    private EndPoint? _remote;
    private Extent _extent;
    private int _filled;
    private State _state;

    public SocketsConnection(SocketsChannel channel, Socket? socket, TransportOptions transport, EndPoint? local)
        : base(channel)
    {
        _socket = socket;
        _transport = transport;
        _local = local;
    }

    [Flags]
    private enum State
    {
        None = 0,

        /// <summary>Connected; sending and receiving may begin.</summary>
        Established = 1 << 0,

        /// <summary>The receive operation is pending.</summary>
        Waiting = 1 << 1,

        /// <summary>There is, or may be, something to receive.</summary>
        Readable = 1 << 2,

        /// <summary>Receiving is paused.</summary>
        Paused = 1 << 3,

        /// <summary>The peer has ended its direction.</summary>
        PeerClosed = 1 << 4,

        /// <summary>This side's direction is to end after the pending send.</summary>
        ShuttingDown = 1 << 5,

        /// <summary>This side's direction has ended.</summary>
        ShutDown = 1 << 6,

        /// <summary>A graceful close has begun.</summary>
        Closing = 1 << 7,

        /// <summary>The socket is closed; the last callbacks follow.</summary>
        Ended = 1 << 8,

        /// <summary>The last callback was made.</summary>
        Closed = 1 << 9,

        /// <summary>In the channel's ready queue.</summary>
        Queued = 1 << 10,

        /// <summary>Waits for memory to receive into.</summary>
        Starved = 1 << 11,
    }

    /// <summary>The channel, as what it is.</summary>
    public SocketsChannel Owner => (SocketsChannel)Channel;

    /// <summary>The next in the channel's ready queue.</summary>
    public SocketsConnection? NextReady { get; set; }

    /// <summary>The connection's place in its channel's table.</summary>
    public int Index { get; set; }

    public override EndPoint? LocalEndPoint => _local ??= Read(_socket, static socket => socket.LocalEndPoint);

    public override EndPoint? RemoteEndPoint => _remote ??= Read(_socket, static socket => socket.RemoteEndPoint);

    /// <summary>Begins the life of an accepted connection.</summary>
    public void Accept(IConnectionAcceptor acceptor)
    {
        IConnectionHandler? handler = null;
        try
        {
            handler = acceptor.OnAccepted(this);
        }
        catch (Exception exception)
        {
            ChannelLog.HandlerFaulted(Channel.Logger, exception, Channel.Index);
        }

        if (handler is null)
        {
            Abort();
            return;
        }

        Handler = handler;
        if (!Is(State.Ended))
        {
            Establish();
        }
    }

    /// <summary>Begins the life of a connection made from here.</summary>
    public void Connect(EndPoint endPoint, TimeSpan timeout, IConnectionHandler handler)
    {
        Handler = handler;
        _remote = endPoint;
        _ending = new Ending(this);
        Channel.Schedule(_ending, timeout);
        _receive = Owner.RentReceive(this);
        _receive.RemoteEndPoint = endPoint;
        _state |= State.Waiting;
        try
        {
            if (!_socket!.ConnectAsync(_receive))
            {
                Owner.Complete(_receive);
            }
        }
        catch (Exception exception) when (exception is SocketException or NotSupportedException or InvalidOperationException)
        {
            _state &= ~State.Waiting;
            Abort(CloseReason.Unreachable, exception);
        }
    }

    /// <summary>Has a connection that could not even get a socket report so.</summary>
    public void FailConnect(EndPoint endPoint, SocketError error, IConnectionHandler handler)
    {
        Handler = handler;
        _remote = endPoint;
        Abort(SocketFailure.ConnectReason(error, endPoint), new SocketException((int)error));
    }

    /// <summary>The channel's turn for a connection in its ready queue.</summary>
    public void OnReady()
    {
        _state &= ~State.Queued;
        if (Is(State.Ended))
        {
            Finish();
        }
        else if (Is(State.Readable))
        {
            Receive();
        }
    }

    public override void ShutdownSend()
    {
        if (Is(State.ShuttingDown | State.Ended))
        {
            return;
        }

        _state |= State.ShuttingDown;
        if (_send is null && Is(State.Established))
        {
            EndSending();
        }
    }

    public override void Close()
    {
        if (Is(State.Closing | State.Ended))
        {
            return;
        }

        if (!Is(State.Established))
        {
            Abort();
            return;
        }

        _state |= State.Closing;
        _ending = new Ending(this);
        Channel.Schedule(_ending, _transport.CloseTimeout);
        ShutdownSend();
        StartReceiving();
    }

    public override void Abort(CloseReason reason = CloseReason.Aborted, Exception? error = null) => End(reason, error, reset: true);

    private static EndPoint? Read(Socket? socket, Func<Socket, EndPoint?> property)
    {
        try
        {
            return socket is null ? null : property(socket);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }

    private bool Is(State any) => (_state & any) != 0;

    private void Establish()
    {
        _state |= State.Established;
        Channel.Counters.CountConnection(1);
        RaiseConnected();
        if (Is(State.ShuttingDown) && !Is(State.ShutDown | State.Ended) && _send is null)
        {
            EndSending();
        }

        StartReceiving();
    }

    private void OnConnectCompleted(SocketError error)
    {
        if (error != SocketError.Success)
        {
            Abort(SocketFailure.ConnectReason(error, _remote!), new SocketException((int)error));
            return;
        }

        Channel.Cancel(_ending!);
        _ending = null;
        Establish();
    }

    private void EndSending()
    {
        _state |= State.ShutDown;
        try
        {
            _socket!.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException exception)
        {
            // Not connected any more: the peer has reset the connection, and nobody was told yet.
            var reason = exception.SocketErrorCode == SocketError.NotConnected ? CloseReason.PeerReset : SocketFailure.Reason(exception.SocketErrorCode);
            Abort(reason, exception);
            return;
        }

        EndIfBothDirectionsHave();
    }

    private void EndIfBothDirectionsHave()
    {
        if (Is(State.ShutDown) && (Is(State.PeerClosed) || (Is(State.Closing) && !_transport.LingerOnClose)))
        {
            End(CloseReason.Closed, null, reset: false);
        }
    }

    /// <summary>Closes the socket. What is pending ends soon; the last callbacks follow in a later round.</summary>
    private void End(CloseReason reason, Exception? error, bool reset)
    {
        if (Is(State.Ended))
        {
            return;
        }

        _state |= State.Ended;
        _ending ??= new Ending(this);
        _ending.Set(reason, error);
        Channel.Cancel(_ending);

        // The endpoints stay readable when the socket is gone.
        _ = RemoteEndPoint;
        _ = LocalEndPoint;
        if (_socket is not null)
        {
            if (reset)
            {
                SocketOptions.ResetOnClose(_socket);
            }

            _socket.Dispose();
        }

        Enqueue();
    }

    /// <summary>Makes the last callbacks, unless the framework still refers to something of the connection's.</summary>
    private void Finish()
    {
        if (Is(State.Closed | State.Waiting) || _send is { IsInFlight: true })
        {
            return;
        }

        _state |= State.Closed;
        Owner.Remove(this);
        if (Is(State.Established))
        {
            Channel.Counters.CountConnection(-1);
        }

        if (_receive is not null)
        {
            Owner.Return(_receive);
            _receive = null;
        }

        _extent = default;
        if (Handler is not null)
        {
            ReleaseSend(accepted: false);
            RaiseClosed(_ending!.Reason, _ending.Error);
        }
    }

    private void Enqueue()
    {
        if (!Is(State.Queued))
        {
            _state |= State.Queued;
            Owner.Enqueue(this);
        }
    }

    /// <summary>Why a connection ends; before that, the deadline of its connecting or of its graceful close.</summary>
    private sealed class Ending(SocketsConnection connection) : ChannelTimer
    {
        public CloseReason Reason { get; private set; }

        public Exception? Error { get; private set; }

        public void Set(CloseReason reason, Exception? error)
        {
            Reason = reason;
            Error = error;
        }

        protected internal override void OnDue() => connection.Abort(CloseReason.TimedOut);
    }
}
