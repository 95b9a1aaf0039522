using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Broadside.Channels;

namespace Broadside.Sockets;

/// <summary>A channel over sockets: a thread that deals with what the framework's own threads report.</summary>
internal sealed partial class SocketsChannel : IoChannel
{
    private const int BufferLength = 64 * 1024;
    private const int PooledOperations = 256;

    private readonly List<SocketsListener> _listeners = [];
    private readonly List<SocketsDatagramSocket> _datagramSockets = [];
    private readonly Stack<ReceiveOperation> _receiveOperations = new();
    private readonly Stack<SendOperation> _sendOperations = new();
    private readonly CompletionQueue _completions;
    private readonly ReadyQueue _ready;
    private readonly MemoryRetry _memoryRetry;
    private SocketsConnection?[] _connections = new SocketsConnection?[16];
    private int _connectionCount;
    private SharedBuffer? _buffer;

    public SocketsChannel(SocketsBackend backend, ChannelSettings settings)
        : base(settings)
    {
        Backend = backend;
        _processor = settings.Processor;
        _completions = new CompletionQueue(this);
        _ready = new ReadyQueue(this);
        _memoryRetry = new MemoryRetry(this);
    }

    public SocketsBackend Backend { get; }

    public SendGather Gather { get; } = new();

    public override ChannelListener Listen(EndPoint endPoint, ListenOptions options, IConnectionAcceptor acceptor)
    {
        ThrowIfStopped();
        var listener = new SocketsListener(this, endPoint, options, acceptor);
        _listeners.Add(listener);
        listener.Start();
        return listener;
    }

    public override ChannelConnection Connect(EndPoint endPoint, ConnectOptions options, IConnectionHandler handler)
    {
        ThrowIfStopped();
        Socket? socket = null;
        try
        {
            socket = SocketOptions.Create(endPoint);
            SocketOptions.Apply(socket, options.Transport);
        }
        catch (SocketException exception)
        {
            socket?.Dispose();
            var failed = Add(null, options.Transport, null);
            failed.FailConnect(endPoint, exception.SocketErrorCode, handler);
            return failed;
        }

        var connection = Add(socket, options.Transport, null);
        connection.Connect(endPoint, options.Timeout, handler);
        return connection;
    }

    public override ChannelDatagramSocket BindDatagram(EndPoint endPoint, DatagramOptions options, IDatagramHandler handler)
    {
        ThrowIfStopped();
        var socket = new SocketsDatagramSocket(this, endPoint, options, handler);
        _datagramSockets.Add(socket);
        socket.Start();
        return socket;
    }

    /// <summary>Brings an operation that has ended to the channel's thread. From any thread.</summary>
    public void Complete(SocketOperation operation) => _completions.Push(operation);

    public void Enqueue(SocketsConnection connection) => _ready.Push(connection);

    /// <summary>Gives a connection another turn when there may be memory to receive into.</summary>
    public void AwaitMemory(SocketsConnection connection) => _memoryRetry.Add(connection);

    public SocketsConnection Add(Socket? socket, TransportOptions transport, EndPoint? local)
    {
        if (_connectionCount == _connections.Length)
        {
            Array.Resize(ref _connections, _connectionCount * 2);
        }

        var connection = new SocketsConnection(this, socket, transport, local) { Index = _connectionCount };
        return _connections[_connectionCount++] = connection;
    }

    public void Remove(SocketsConnection connection)
    {
        var last = _connections[--_connectionCount]!;
        _connections[last.Index = connection.Index] = last;
        _connections[_connectionCount] = null;
    }

    public void Remove(SocketsListener listener) => _listeners.Remove(listener);

    public void Remove(SocketsDatagramSocket socket) => _datagramSockets.Remove(socket);

    /// <summary>The buffer to receive into, which nobody else holds; false when the arena has no room.</summary>
    public bool TryGetBuffer([NotNullWhen(true)] out SharedBuffer? buffer)
    {
        if (_buffer is { IsShared: true })
        {
            _buffer.Release();
            _buffer = null;
        }

        if (_buffer is null)
        {
            SharedBuffer.TryRent(Arena, BufferLength, out _buffer);
        }

        buffer = _buffer;
        return buffer is not null;
    }

    public ReceiveOperation RentReceive(SocketsConnection connection)
    {
        var operation = _receiveOperations.TryPop(out var pooled) ? pooled : new ReceiveOperation();
        operation.Connection = connection;
        return operation;
    }

    public void Return(ReceiveOperation operation)
    {
        operation.Connection = null!;
        operation.RemoteEndPoint = null;
        Keep(_receiveOperations, operation);
    }

    public SendOperation RentSend(SocketsConnection connection)
    {
        var operation = _sendOperations.TryPop(out var pooled) ? pooled : new SendOperation();
        operation.Connection = connection;
        return operation;
    }

    public void Return(SendOperation operation)
    {
        operation.Connection = null!;
        operation.Batch = null!;
        operation.SetBuffer(default);
        Keep(_sendOperations, operation);
    }

    private static void Keep<T>(Stack<T> pool, T operation)
        where T : SocketOperation
    {
        if (pool.Count < PooledOperations)
        {
            pool.Push(operation);
        }
        else
        {
            operation.Dispose();
        }
    }

    private static void Empty<T>(Stack<T> pool)
        where T : SocketOperation
    {
        while (pool.TryPop(out var operation))
        {
            operation.Dispose();
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
