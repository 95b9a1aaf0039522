using System.Net;
using Broadside.Channels;
using Broadside.NetStack.Devices;
using Broadside.NetStack.Network;
using Broadside.NetStack.Steering;
using Broadside.NetStack.Tcp;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack;

/// <summary>A channel over a TCP/IP stack of its own.</summary>
internal sealed partial class NetStackChannel : IoChannel
{
    private readonly List<NetStackListener> _listeners = [];
    private readonly List<NetStackDatagramSocket> _datagramSockets = [];
    private readonly List<NetStackDatagramSocket> _reporting = [];
    private readonly NetworkAttachment _attachment;
    private DeviceGuard? _device;
    private DeferredReleases? _releases;
    private NetworkStack? _stack;
    private NetStackConnection?[] _connections = new NetStackConnection?[16];
    private int _connectionCount;
    private TransportOptions? _transport;
    private TimeSpan _nextConflictLogged;
    private TcpConnectionOptions? _connectionOptions;

    public NetStackChannel(NetStackBackend backend, ChannelSettings settings, NetworkAttachment attachment)
        : base(settings)
    {
        Backend = backend;
        _attachment = attachment;
        _processor = settings.Processor;
        _start = TimeProvider.GetTimestamp();
    }

    public override IReadOnlyList<ChannelInstrument> Instruments => StackInstruments.Of(this);

    public NetStackBackend Backend { get; }

    public NetworkStack Stack => _stack!;

    /// <summary>Whether there is a stack: from the start on.</summary>
    public bool HasStack => Volatile.Read(ref _stack) is not null;

    /// <summary>Connections with something to report that TCP does not know of.</summary>
    public ConnectionQueue Ready { get; } = new();

    public DeferredReleases Releases => _releases!;

    public override ChannelListener Listen(EndPoint endPoint, ListenOptions options, IConnectionAcceptor acceptor)
    {
        ThrowIfStopped();
        var listener = new NetStackListener(this, endPoint, options, acceptor);
        _listeners.Add(listener);
        return listener;
    }

    public override ChannelConnection Connect(EndPoint endPoint, ConnectOptions options, IConnectionHandler handler)
    {
        ThrowIfStopped();
        var connection = Add(options.Transport);
        connection.Connect(endPoint, options.Timeout, handler);
        return connection;
    }

    public override ChannelDatagramSocket BindDatagram(EndPoint endPoint, DatagramOptions options, IDatagramHandler handler)
    {
        ThrowIfStopped();
        var socket = new NetStackDatagramSocket(this, endPoint, options, handler);
        _datagramSockets.Add(socket);
        return socket;
    }

    public NetStackConnection Add(TransportOptions transport)
    {
        if (_connectionCount == _connections.Length)
        {
            Array.Resize(ref _connections, _connectionCount * 2);
        }

        var connection = new NetStackConnection(this, transport) { Index = _connectionCount };
        return _connections[_connectionCount++] = connection;
    }

    public void Remove(NetStackConnection connection)
    {
        var last = _connections[--_connectionCount]!;
        _connections[last.Index = connection.Index] = last;
        _connections[_connectionCount] = null;
    }

    public void Remove(NetStackListener listener) => _listeners.Remove(listener);

    public void Remove(NetStackDatagramSocket socket) => _datagramSockets.Remove(socket);

    /// <summary>Has a socket report what came once the burst has been taken in.</summary>
    public void ReportLater(NetStackDatagramSocket socket) => _reporting.Add(socket);

    /// <summary>Whom an accepted connection belongs to; null when nobody wants it.</summary>
    public IConnectionHandler? AskAcceptor(IConnectionAcceptor acceptor, NetStackConnection connection)
    {
        try
        {
            return acceptor.OnAccepted(connection);
        }
        catch (Exception exception)
        {
            LogHandlerFault(exception);
            return null;
        }
    }

    public void LogFault(Exception exception) => LogHandlerFault(exception);

    /// <summary>What TCP is told of a connection's options. Many connections share them, and then one object.</summary>
    public TcpConnectionOptions ConnectionOptions(TransportOptions transport)
    {
        if (!ReferenceEquals(transport, _transport))
        {
            _transport = transport;
            _connectionOptions = new()
            {
                NoDelay = transport.NoDelay,
                UnsentLimit = transport.UnsentLimit > 0 ? transport.UnsentLimit : TcpConnectionOptions.Default.UnsentLimit,
                ReceiveBuffer = transport.ReceiveBufferSize,
                KeepAlive = _attachment.Options.KeepAlive is { } idle ? new KeepAliveOptions { Idle = idle } : null,
            };
        }

        return _connectionOptions!;
    }

    private void Open()
    {
        var options = _attachment.Options;
        var member = _attachment.Member;
        var device = _attachment.OpenDevice(Arena);
        _device = new DeviceGuard(device);
        try
        {
            _releases = new DeferredReleases(_device);
            var network = options.ToNetworkOptions() with
            {
                AddressConflict = OnAddressConflict,
                Steering = device as SharingDevice,
                IsSteered = member is { IsKeeper: false },
            };
            _stack = new NetworkStack(_device, network, options.ToTcpSettings(), Arena, KeyedHash.Create, Time, member);
        }
        catch
        {
            _device.Dispose();
            throw;
        }
    }

    // Whoever it is may go on for ever; it is told now and then.
    private void OnAddressConflict(NetworkAddress address, MacAddress other)
    {
        if (Time >= _nextConflictLogged)
        {
            _nextConflictLogged = Time + TimeSpan.FromSeconds(10);
            NetStackLog.AddressConflict(Logger, address.ToString(), other.ToString(), Index);
        }
    }

    private void ThrowIfStopped()
    {
        if (IsStopped)
        {
            throw new InvalidOperationException("The channel has stopped.");
        }
    }
}
