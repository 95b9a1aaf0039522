using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Broadside.Channels;

namespace Broadside.Testing;

/// <summary>A channel whose thread is whichever drives the network, while it is this channel's turn.</summary>
internal sealed class SimulatedChannel : IoChannel
{
    private const int ReceiveBufferSize = 64 * 1024;

    private readonly TaskCompletionSource _stoppedSource = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<SimulatedListener> _listeners = [];
    private readonly List<SimulatedDatagramSocket> _datagramSockets = [];
    private readonly int _number;
    private List<IReady> _ready = [];
    private List<IReady> _dispatching = [];
    private SharedBuffer? _receiveBuffer;
    private volatile bool _isStarted;
    private volatile bool _isStopRequested;
    private bool _hasStopped;

    public SimulatedChannel(SimulatedNetwork network, IPAddress host, int number, ChannelSettings settings)
        : base(settings)
    {
        Network = network;
        Host = host;
        TimeProvider = network.TimeProvider;
        _number = number;
    }

    public SimulatedNetwork Network { get; }

    public IPAddress Host { get; }

    /// <summary>Whether a turn would find something to do.</summary>
    public bool IsReady => !_hasStopped && (_isStopRequested || (_isStarted && (_ready.Count > 0 || HasWork || NextTimerDue <= Network.Now)));

    /// <summary>When the soonest timer is due; <see cref="long.MaxValue"/> without timers.</summary>
    public long NextDue => _isStarted && !_hasStopped ? NextTimerDue : long.MaxValue;

    public override void Start()
    {
        _isStarted = true;
        Network.Wake();
    }

    public override Task StopAsync()
    {
        _isStopRequested = true;
        Network.StopNow(this);
        return _stoppedSource.Task;
    }

    public override ChannelListener Listen(EndPoint endPoint, ListenOptions options, IConnectionAcceptor acceptor)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(acceptor);
        ThrowIfStopped();
        var bound = Network.Listeners.ChoosePort(endPoint, Host);
        var listener = new SimulatedListener(this, bound, options, acceptor);
        Network.Listeners.Add(NetworkName.From(bound, Host), this, listener);
        _listeners.Add(listener);
        return listener;
    }

    public override ChannelConnection Connect(EndPoint endPoint, ConnectOptions options, IConnectionHandler handler)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(handler);
        ThrowIfStopped();
        var connection = new SimulatedConnection(this, options.Transport);
        connection.HandleBy(handler);
        new SimulatedConnect(connection, endPoint).Start(options.Timeout);
        return connection;
    }

    public override ChannelDatagramSocket BindDatagram(EndPoint endPoint, DatagramOptions options, IDatagramHandler handler)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(handler);
        ThrowIfStopped();
        if (Network.DatagramSockets.ChoosePort(endPoint, Host) is not IPEndPoint bound)
        {
            throw new SocketException((int)SocketError.AddressFamilyNotSupported);
        }

        var socket = new SimulatedDatagramSocket(this, bound, options, handler);
        Network.DatagramSockets.Add(NetworkName.From(bound, Host), this, socket);
        _datagramSockets.Add(socket);
        return socket;
    }

    public void Remove(SimulatedListener listener) => _listeners.Remove(listener);

    public void Remove(SimulatedDatagramSocket socket) => _datagramSockets.Remove(socket);

    public void MarkReady(IReady item)
    {
        if (!item.IsReady)
        {
            item.IsReady = true;
            _ready.Add(item);
        }
    }

    public void OnHandlerFault(Exception exception) => LogHandlerFault(exception);

    /// <summary>Takes the channel's turn: a round, or its end.</summary>
    public void TakeTurn()
    {
        if (_hasStopped)
        {
            return;
        }

        // A channel's thread has no context of the driver's, so that what a channel resumes runs there and then.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        EnterThread();
        try
        {
            Network.Record(SimulatedEventKind.Round, _number, _ready.Count);
            if (_isStopRequested)
            {
                Stop();
            }
            else
            {
                DispatchReady();
                RunRound();
            }
        }
        finally
        {
            LeaveThread();
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    /// <summary>The channel's buffer to receive into, from its arena; false when that has no room.</summary>
    public bool TryRentReceiveBuffer([NotNullWhen(true)] out SharedBuffer? buffer)
    {
        if (_receiveBuffer is null && SharedBuffer.TryRent(Arena, ReceiveBufferSize, out var rented))
        {
            _receiveBuffer = rented;
        }

        buffer = _receiveBuffer;
        return buffer is not null;
    }

    /// <summary>Ends the loan of the buffer: whoever did not take a reference finds its bytes overwritten.</summary>
    public void ReturnReceiveBuffer(int length)
    {
        if (_receiveBuffer!.IsShared)
        {
            ReleaseReceiveBuffer();
        }
        else
        {
            _receiveBuffer.Extent.Span[..length].Fill(0xDD);
        }
    }

    protected override void Wake() => Network.Wake();

    private void DispatchReady()
    {
        (_ready, _dispatching) = (_dispatching, _ready);
        Network.Shuffle(_dispatching);
        foreach (var item in _dispatching)
        {
            item.IsReady = false;
            item.Dispatch();
        }

        _dispatching.Clear();
    }

    private void Stop()
    {
        RefuseWork();
        DispatchReady();
        RunRound();
        foreach (var connection in Network.ConnectionsOf(this))
        {
            connection.Abort(CloseReason.ChannelStopped);
        }

        _listeners.ToList().ForEach(listener => listener.Close());
        _datagramSockets.ToList().ForEach(socket => socket.Close());
        while (_ready.Count > 0)
        {
            DispatchReady();
        }

        RunRound();
        SealWork();
        ReleaseReceiveBuffer();
        _hasStopped = true;
        _stoppedSource.SetResult();
    }

    private void ThrowIfStopped()
    {
        if (IsStopped)
        {
            throw new InvalidOperationException("The channel has stopped.");
        }
    }

    private void ReleaseReceiveBuffer()
    {
        _receiveBuffer?.Release();
        _receiveBuffer = null;
    }
}
