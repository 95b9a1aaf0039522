using System.Net;
using System.Net.Sockets;
using Broadside.Channels;
using Broadside.NetStack.Network;
using Broadside.NetStack.Udp;

namespace Broadside.NetStack;

/// <summary>A UDP port of a channel's stack: what comes in one turn is copied together, then the handler is called.</summary>
internal sealed class NetStackDatagramSocket : ChannelDatagramSocket, IUdpHandler
{
    /// <summary>How many bytes may come in a turn, at least a batch.</summary>
    private const int Capacity = 256 * 1024;

    private readonly NetStackChannel _channel;
    private readonly IDatagramHandler _handler;
    private readonly UdpSocket _socket;
    private readonly Extent _memory;
    private readonly int _maximumLength;
    private readonly int _batchSize;
    private readonly ReceivedDatagram[] _received;
    private int _count;
    private bool _isListed;
    private bool _isClosed;
    private bool _isFinished;
    private Exception? _error;

    public NetStackDatagramSocket(NetStackChannel channel, EndPoint endPoint, DatagramOptions options, IDatagramHandler handler)
    {
        _channel = channel;
        _handler = handler;
        _maximumLength = Math.Max(1, options.MaximumLength);
        _batchSize = Math.Max(1, options.BatchSize);
        var address = LocalEndPoints.Resolve(channel, endPoint, out var port);
        var count = Math.Clamp(Capacity / _maximumLength, 1, Arena.MaximumExtent / _maximumLength);
        count = Math.Max(count, Math.Min(_batchSize, Arena.MaximumExtent / _maximumLength));
        _memory = channel.Arena.Allocate(count * _maximumLength);
        var result = channel.Stack.Udp.TryBind(new UdpEndpoint(address, port), this, out var socket);
        if (result != BindResult.Bound)
        {
            channel.Arena.Free(_memory);
            throw new SocketException((int)ErrorOf(result));
        }

        _socket = socket!;
        LocalEndPoint = LocalEndPoints.Reported(channel, address, _socket.Local.Port);
        _received = new ReceivedDatagram[count];
        var family = address.IsIPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        for (var index = 0; index < count; index++)
        {
            _received[index] = new ReceivedDatagram(default, new SocketAddress(family));
        }
    }

    public override EndPoint LocalEndPoint { get; }

    public override bool TrySend(ReadOnlySpan<byte> bytes, SocketAddress to)
    {
        ArgumentNullException.ThrowIfNull(to);
        if (!SocketAddresses.TryRead(to, out var remote))
        {
            throw new ArgumentException("Not an IP endpoint.", nameof(to));
        }

        if (bytes.Length > UdpSocket.MaximumLength(remote.Address))
        {
            throw new ArgumentException("The payload is longer than the transport can send.", nameof(bytes));
        }

        var isSent = !_isClosed && _socket.TrySend(bytes, remote, _channel.Time) == TransmitResult.Sent;
        _channel.Counters.CountDatagrams(0, isSent ? 1 : 0, isSent ? 0 : 1);
        return isSent;
    }

    public override void Close() => End(null);

    public void End(Exception? error)
    {
        if (!_isClosed)
        {
            _isClosed = true;
            _error = error;
            _socket.Close();
            ReportLater();
        }
    }

    public void OnReceived(UdpSocket socket, in UdpReceived datagram)
    {
        if (_isClosed || datagram.Bytes.Length > _maximumLength || _count == _received.Length)
        {
            _channel.Counters.CountDatagrams(0, 0, 1);
            return;
        }

        ref var received = ref _received[_count];
        received = received with { Bytes = _memory.Slice(_count * _maximumLength, datagram.Bytes.Length) };
        datagram.Bytes.CopyTo(received.Bytes.Span);
        SocketAddresses.Write(received.From, datagram.Source);
        _count++;
        ReportLater();
    }

    public void OnError(UdpSocket socket, in DeliveryError error)
    {
        // It concerns one peer, not the socket, and anybody could have made it up.
    }

    /// <summary>The channel's turn for a socket with something to report.</summary>
    public void Report()
    {
        _isListed = false;
        for (var start = 0; start < _count && !_isClosed; start += _batchSize)
        {
            var length = Math.Min(_batchSize, _count - start);
            _channel.Counters.CountDatagrams(length, 0, 0);
            try
            {
                _handler.OnReceived(this, _received.AsSpan(start, length));
            }
            catch (Exception exception)
            {
                _channel.LogFault(exception);
            }
        }

        _count = 0;
        if (_isClosed && !_isFinished)
        {
            Finish();
        }
    }

    private static SocketError ErrorOf(BindResult result) => result switch
    {
        BindResult.AddressNotLocal => SocketError.AddressNotAvailable,
        BindResult.InUse => SocketError.AddressAlreadyInUse,
        _ => SocketError.NoBufferSpaceAvailable,
    };

    private void ReportLater()
    {
        if (!_isListed)
        {
            _isListed = true;
            _channel.ReportLater(this);
        }
    }

    private void Finish()
    {
        _isFinished = true;
        _channel.Remove(this);
        _channel.Arena.Free(_memory);
        try
        {
            _handler.OnClosed(_error);
        }
        catch (Exception exception)
        {
            _channel.LogFault(exception);
        }
    }
}
