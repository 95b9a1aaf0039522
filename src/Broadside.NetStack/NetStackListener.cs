using System.Net;
using System.Net.Sockets;
using Broadside.Channels;
using Broadside.NetStack.Tcp;
using TcpListener = Broadside.NetStack.Tcp.TcpListener;

namespace Broadside.NetStack;

/// <summary>A port that a channel's stack accepts connections on.</summary>
internal sealed class NetStackListener : ChannelListener, ITcpAcceptor
{
    private readonly NetStackChannel _channel;
    private readonly TransportOptions _transport;
    private readonly IConnectionAcceptor _acceptor;
    private readonly TcpListener _listener;

    public NetStackListener(NetStackChannel channel, EndPoint endPoint, ListenOptions options, IConnectionAcceptor acceptor)
    {
        _channel = channel;
        _transport = options.Transport;
        _acceptor = acceptor;
        var address = LocalEndPoints.Resolve(channel, endPoint, out var port);
        _listener = new TcpListener
        {
            Address = address,
            Port = port > 0 ? port : channel.Stack.Tcp.ChooseListenPort(address),
            Backlog = Math.Max(1, options.Backlog),
            DeferAccept = options.DeferAccept,
            Options = channel.ConnectionOptions(options.Transport),
            Acceptor = this,
        };
        if (!channel.Stack.Tcp.TryListen(_listener))
        {
            throw new SocketException((int)SocketError.AddressAlreadyInUse);
        }

        LocalEndPoint = LocalEndPoints.Reported(channel, address, _listener.Port);
    }

    public override EndPoint LocalEndPoint { get; }

    public ITcpUser? OnAccepted(TcpConnection connection)
    {
        _channel.Counters.CountAccept();
        var accepted = _channel.Add(_transport);
        return accepted.TryAccept(connection, _acceptor) ? accepted : null;
    }

    public override void Close()
    {
        if (!_listener.IsClosed)
        {
            _channel.Stack.Tcp.Close(_listener);
            _channel.Remove(this);
        }
    }
}
