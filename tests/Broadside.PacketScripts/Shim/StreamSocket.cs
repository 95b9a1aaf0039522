using System.Net;
using Broadside.NetStack.Network;
using Broadside.NetStack.Tcp;
using Broadside.NetStack.Wire;
using Broadside.PacketScripts.Sockets;

namespace Broadside.PacketScripts.Shim;

/// <summary>A TCP socket that behaves as one of Linux's.</summary>
internal sealed partial class StreamSocket : StackSocket, ITcpUser, ITcpAcceptor
{
    private readonly StackSockets _sockets;
    private readonly Queue<StreamSocket> _accepted = new();
    private IPEndPoint? _local;
    private TcpListener? _listener;
    private TcpConnection? _connection;
    private Progress _progress;
    private Errno _error;
    private bool _isShutDownForReceiving;
    private bool _isShutDownForSending;
    private bool _isLingeringForZero;

    public StreamSocket(StackSockets sockets)
    {
        _sockets = sockets;
        _sendLimit = sockets.Settings.SendBuffer?.Maximum ?? DefaultSendLimit;
        _keepAlive = StackConfiguration.KeepAlive(sockets.Settings);
    }

    private enum Progress : byte
    {
        Unconnected,
        Connecting,

        /// <summary>Connected, though connect has not been called again to be told so.</summary>
        Established,
        Connected,
    }

    private TimeSpan Now => _sockets.Now;

    private TcpLayer Tcp => _sockets.Stack.Tcp;

    public override int ReceiveQueueLength => _connection?.ReadableLength ?? 0;

    public override (int Unacknowledged, int Unsent) SendQueueLength =>
        _connection is { } connection ? ((int)connection.UnacknowledgedLength, (int)connection.UnsentLength) : default;

    public override SocketResult Bind(IPEndPoint local)
    {
        if (_local is not null)
        {
            return Errno.EINVAL;
        }

        var address = NetworkAddress.From(local.Address);
        if (!address.IsUnspecified && !_sockets.Stack.Network.IsLocal(address))
        {
            return Errno.EADDRNOTAVAIL;
        }

        _local = local;
        return SocketResult.Success;
    }

    public override SocketResult Listen(int backlog)
    {
        if (_progress != Progress.Unconnected || _local is null)
        {
            return Errno.EINVAL;
        }

        _listener ??= new TcpListener
        {
            Address = NetworkAddress.From(_local.Address),
            Port = (ushort)_local.Port,
            Backlog = backlog,
            Options = Options,
            Acceptor = this,
        };
        return Tcp.TryListen(_listener) ? SocketResult.Success : Errno.EADDRINUSE;
    }

    public override SocketResult Accept(out StackSocket? accepted)
    {
        accepted = _accepted.TryDequeue(out var first) ? first : null;
        return _listener is null ? Errno.EINVAL : Errno.EAGAIN;
    }

    public override SocketResult Connect(IPEndPoint remote)
    {
        switch (_progress)
        {
            case Progress.Connecting:
                return Errno.EALREADY;
            case Progress.Established:
                _progress = Progress.Connected;
                return SocketResult.Success;
            case Progress.Connected:
                return Errno.EISCONN;
        }

        if (_error != Errno.None)
        {
            return TakeError();
        }

        var local = _local is null ? AnyOf(remote) : NetworkAddress.From(_local.Address);
        var address = NetworkAddress.From(remote.Address);
        switch (Tcp.Connect(local, (ushort)(_local?.Port ?? 0), address, (ushort)remote.Port, Options, this, Now, out _connection))
        {
            case OpenResult.Opened:
                _progress = Progress.Connecting;
                return Errno.EINPROGRESS;
            case OpenResult.NoRoute:
                return Errno.ENETUNREACH;
            case OpenResult.PortInUse:
                return Errno.EADDRNOTAVAIL;
            default:
                return Errno.ENOBUFS;
        }
    }

    public override SocketResult Shutdown(bool receive, bool send)
    {
        if (_connection is not { IsClosed: false } connection)
        {
            return Errno.ENOTCONN;
        }

        _isShutDownForReceiving |= receive;
        if (send)
        {
            _isShutDownForSending = true;
            connection.ShutdownSend();
        }

        return SocketResult.Success;
    }

    public override Errno TakeError()
    {
        var error = _error;
        _error = Errno.None;
        return error;
    }

    // As tcp_poll in Linux.
    public override PollEvents Poll()
    {
        if (_listener is not null)
        {
            return _accepted.Count > 0 ? PollEvents.In : PollEvents.None;
        }

        var events = _error == Errno.None ? PollEvents.None : PollEvents.Error;
        if (_progress == Progress.Connecting)
        {
            return events;
        }

        var isOver = _connection is null or { IsClosed: true };
        var receivesNoMore = _isShutDownForReceiving || isOver || _connection!.HasPeerClosed;
        var sendsNoMore = _isShutDownForSending || isOver;
        events |= receivesNoMore && sendsNoMore ? PollEvents.HangUp : PollEvents.None;
        events |= receivesNoMore && _connection is not null ? PollEvents.In | PollEvents.ReadHangUp : PollEvents.None;
        events |= _connection?.ReadableLength > 0 ? PollEvents.In : PollEvents.None;
        return events | (sendsNoMore || SendRoom >= _sendLimit / 3 ? PollEvents.Out : PollEvents.None);
    }

    ITcpUser? ITcpAcceptor.OnAccepted(TcpConnection connection)
    {
        var accepted = new StreamSocket(_sockets) { _connection = connection, _progress = Progress.Connected };
        accepted.Inherit(this);
        _accepted.Enqueue(accepted);
        return accepted;
    }

    void ITcpUser.OnEvents(TcpConnection connection, TcpEvents events, TimeSpan now)
    {
        ReleaseSent(connection);
        if ((events & TcpEvents.Established) != 0 && _progress == Progress.Connecting)
        {
            _progress = Progress.Established;
        }

        if ((events & TcpEvents.Closed) != 0)
        {
            OnClosed(connection);
        }

        if (_isClosed)
        {
            GoOnClosing(connection, events);
        }
    }

    private static NetworkAddress AnyOf(IPEndPoint remote) =>
        NetworkAddress.From(remote.Address).IsIPv4 ? IPv4Address.Unspecified : (NetworkAddress)IPv6Address.Unspecified;

    private void OnClosed(TcpConnection connection)
    {
        _error = connection.CloseReason switch
        {
            TcpCloseReason.PeerReset => connection.HasPeerClosed ? Errno.EPIPE : Errno.ECONNRESET,
            TcpCloseReason.Refused => Errno.ECONNREFUSED,
            TcpCloseReason.TimedOut or TcpCloseReason.Unreachable =>
                connection.SoftError is { } kind ? ErrorOf(kind) : Errno.ETIMEDOUT,
            _ => _error,
        };
        if (_progress == Progress.Connecting)
        {
            _progress = Progress.Unconnected;
        }
    }
}
