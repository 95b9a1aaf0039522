using System.Net;
using Broadside.Channels;
using Broadside.IoUring.Interop;

namespace Broadside.IoUring;

/// <summary>A channel over a ring of its own.</summary>
internal sealed partial class IoUringChannel : IoChannel
{
    private const int PooledOperations = 1024;

    private readonly List<IoUringListener> _listeners = [];
    private readonly List<IoUringDatagramSocket> _datagramSockets = [];
    private readonly List<IoUringDatagramSocket> _delivering = [];
    private readonly OperationPool<SendOperation> _sends = new(PooledOperations);
    private readonly OperationPool<OpeningOperation> _openings = new(PooledOperations);
    private readonly OperationPool<ReceiveBacklog> _backlogs = new(PooledOperations);
    private readonly MemoryRetry _memoryRetry;
    private IoUringConnection?[] _connections = new IoUringConnection?[16];
    private int _connectionCount;
    private int _pendingListeners;
    private Ring? _ring;
    private ReceiveBuffers? _buffers;
    private RegisteredBuffers? _registeredBuffers;

    public IoUringChannel(IoUringBackend backend, ChannelSettings settings, IoUringOptions options, RecordFile? file)
        : base(settings)
    {
        Backend = backend;
        Options = options;
        File = file;
        Processor = settings.Processor;
        _memoryRetry = new MemoryRetry(this);
        _eventReader = new EventReader(this);
    }

    public override IReadOnlyList<ChannelInstrument> Instruments => RingInstruments.Of(this);

    public IoUringBackend Backend { get; }

    public IoUringOptions Options { get; }

    /// <summary>The processor its thread is pinned to; null for none.</summary>
    public int? Processor { get; }

    public Ring Ring => _ring!;

    public ReceiveBuffers Buffers => _buffers!;

    /// <summary>What the ring has done; also after the channel has stopped.</summary>
    public RingCounters RingCounters { get; } = new();

    /// <summary>Receive buffers that are offered to the kernel, or that a handler retains. From any thread.</summary>
    public int BufferCount => Volatile.Read(ref _buffers)?.HeldCount ?? 0;

    public OperationTable Operations { get; } = new();

    public BufferGroups BufferGroups { get; } = new();

    /// <summary>Connections with something to report.</summary>
    public ConnectionQueue Ready { get; } = new();

    /// <summary>Connections whose receiving has to be adjusted.</summary>
    public ConnectionQueue Adjusting { get; } = new();

    public override ChannelListener Listen(EndPoint endPoint, ListenOptions options, IConnectionAcceptor acceptor)
    {
        ThrowIfStopped();
        var listener = new IoUringListener(this, endPoint, options, acceptor);
        _listeners.Add(listener);
        _pendingListeners++;
        listener.Start();
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
        var socket = new IoUringDatagramSocket(this, endPoint, options, handler);
        _datagramSockets.Add(socket);
        socket.Start();
        return socket;
    }

    public IoUringConnection Add(TransportOptions transport)
    {
        if (_connectionCount == _connections.Length)
        {
            Array.Resize(ref _connections, _connectionCount * 2);
        }

        var connection = new IoUringConnection(this, transport) { Index = _connectionCount };
        return _connections[_connectionCount++] = connection;
    }

    public void Remove(IoUringConnection connection, ulong key)
    {
        Operations.Remove(key);
        var last = _connections[--_connectionCount]!;
        _connections[last.Index = connection.Index] = last;
        _connections[_connectionCount] = null;
    }

    public void Remove(IoUringListener listener, ulong key)
    {
        Operations.Remove(key);
        _listeners.Remove(listener);
        _pendingListeners--;
    }

    public void Remove(IoUringDatagramSocket socket, ulong key)
    {
        Operations.Remove(key);
        _datagramSockets.Remove(socket);
    }

    /// <summary>Whom an accepted connection belongs to; null when nobody wants it.</summary>
    public IConnectionHandler? AskAcceptor(IConnectionAcceptor acceptor, IoUringConnection connection)
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

    /// <summary>Has a socket deliver when the round's completions have been taken.</summary>
    public void DeliverLater(IoUringDatagramSocket socket) => _delivering.Add(socket);

    /// <summary>Has work run in this round or the next, also while the channel is stopping.</summary>
    public void PostLater(ChannelWork work) => PostCompletion(work);

    public void LogFault(Exception exception) => LogHandlerFault(exception);

    /// <summary>Gives a connection another turn when there may be memory to receive into.</summary>
    public void AwaitMemory(IoUringConnection connection) => _memoryRetry.Add(connection);

    public SendOperation RentSend(IoUringConnection connection, SendBatch batch)
    {
        var send = _sends.Rent();
        send.Connection = connection;
        send.Batch = batch;
        send.Key = Operations.Add(send);
        return send;
    }

    public void Return(SendOperation send)
    {
        Operations.Remove(send.Key);
        send.Clear();
        _sends.Return(send);
    }

    public OpeningOperation RentOpening(IoUringConnection connection)
    {
        var opening = _openings.Rent();
        opening.Connection = connection;
        opening.Key = Operations.Add(opening);
        return opening;
    }

    public void Return(OpeningOperation opening)
    {
        Operations.Remove(opening.Key);
        opening.Clear();
        if (!_openings.Return(opening))
        {
            opening.Dispose();
        }
    }

    public ReceiveBacklog RentBacklog() => _backlogs.Rent();

    public void Return(ReceiveBacklog backlog)
    {
        backlog.Clear();
        _backlogs.Return(backlog);
    }

    /// <summary>Where an extent to be sent without copying is registered; false where it is to be copied.</summary>
    public bool TryFindRegistered(Extent extent, out ushort index)
    {
        index = 0;
        if (Options.LargeRecords != LargeRecordStrategy.ZeroCopy || extent.Length < Options.ZeroCopyThreshold)
        {
            return false;
        }

        _registeredBuffers ??= new RegisteredBuffers(Ring, Arena);
        if (_registeredBuffers.TryGet(extent.Block, out index))
        {
            return true;
        }

        if (_registeredBuffers.TakeNews(out var error))
        {
            IoUringLog.ZeroCopyUnavailable(Logger, Index, Errno.ToSocketError(error).ToString());
        }

        return false;
    }

    /// <summary>Cancels an operation; a failure is told to its target as <see cref="OperationKind.Cancel"/>.</summary>
    public void Cancel(ulong key, OperationKind kind)
    {
        ref var entry = ref Ring.Next();
        entry.Opcode = Opcode.Cancel;
        entry.Flags = EntryFlags.SkipSuccess;
        entry.Address = OperationTable.Key(key, kind);
        entry.UserData = OperationTable.Key(key, OperationKind.Cancel);
    }

    /// <summary>Closes a direct descriptor of which no operation is pending.</summary>
    public unsafe void CloseFile(int file, bool reset)
    {
        Ring.Reserve(2);
        if (reset)
        {
            // A lingering time of zero has the close reset the connection (socket(7)).
            ref var option = ref Ring.Next();
            option.Opcode = Opcode.Command;
            option.Flags = EntryFlags.FixedFile | EntryFlags.HardLink | EntryFlags.SkipSuccess;
            option.File = file;
            option.CommandOperation = SocketCommand.SetOption;
            option.Level = SocketOption.LevelSocket;
            option.OptionName = SocketOption.Linger;
            option.OptionValue = (ulong)_resetOnClose;
            option.OptionLength = sizeof(Linger);
            option.UserData = OperationTable.Key(OperationKind.Ignored);
        }

        ref var close = ref Ring.Next();
        close.Opcode = Opcode.Close;
        close.Flags = EntryFlags.SkipSuccess;
        close.FileIndex = (uint)file + 1;
        close.UserData = OperationTable.Key(OperationKind.Ignored);
    }

    private void ThrowIfStopped()
    {
        if (IsStopped)
        {
            throw new InvalidOperationException("The channel has stopped.");
        }
    }
}
