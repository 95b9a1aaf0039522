using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Broadside.Channels;

namespace Broadside.Sockets;

/// <summary>A UDP socket: reads what has arrived with one system call a datagram, then calls the handler once.</summary>
/// <remarks>
/// The framework reports a datagram that does not fit as if it had, so each slot has room for one byte more than allowed. It
/// allocates 56 bytes when a datagram comes just between the end of an attempt and the wait that follows: a rare coincidence.
/// </remarks>
internal sealed class SocketsDatagramSocket : ChannelDatagramSocket
{
    private readonly SocketsChannel _channel;
    private readonly IDatagramHandler _handler;
    private readonly Socket _socket;
    private readonly Extent _memory;
    private readonly int _maximumLength;
    private readonly Slot[] _slots;
    private readonly ReceivedDatagram[] _batch;
    private readonly Turn _turn;
    private readonly Action _arrive;
    private ConfiguredValueTaskAwaitable<int>.ConfiguredValueTaskAwaiter _pending;
    private bool _isPending;
    private bool _arrived;
    private bool _closed;
    private bool _finished;
    private bool _full;
    private Exception? _error;

    public SocketsDatagramSocket(SocketsChannel channel, EndPoint endPoint, DatagramOptions options, IDatagramHandler handler)
    {
        _channel = channel;
        _handler = handler;
        _maximumLength = options.MaximumLength;
        var slotLength = _maximumLength + 1;
        var count = Math.Clamp(options.BatchSize, 1, Arena.MaximumExtent / slotLength);
        _memory = channel.Arena.Allocate(count * slotLength);
        try
        {
            _socket = new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
            _socket.Bind(endPoint);
            LocalEndPoint = _socket.LocalEndPoint!;
        }
        catch
        {
            _socket?.Dispose();
            channel.Arena.Free(_memory);
            throw;
        }

        _slots = new Slot[count];
        for (var index = 0; index < count; index++)
        {
            _slots[index] = new Slot(_memory.Slice(index * slotLength, slotLength), new SocketAddress(endPoint.AddressFamily));
        }

        _batch = new ReceivedDatagram[count];
        _turn = new Turn(this);
        _arrive = Arrive;
    }

    public override EndPoint LocalEndPoint { get; }

    /// <summary>Whether the framework still refers to a slot.</summary>
    private bool IsWaiting => _isPending && !Volatile.Read(ref _arrived);

    public void Start() => _channel.PostCompletion(_turn);

    public override bool TrySend(ReadOnlySpan<byte> bytes, SocketAddress to)
    {
        // The framework tells a full buffer by an exception only. After the first one, asking beforehand is cheaper.
        if (_closed || (_full && !_socket.Poll(0, SelectMode.SelectWrite)))
        {
            _channel.Counters.CountDatagrams(0, 0, 1);
            return false;
        }

        try
        {
            _socket.SendTo(bytes, SocketFlags.None, to);
            _full = false;
            _channel.Counters.CountDatagrams(0, 1, 0);
            return true;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.MessageSize)
        {
            throw new ArgumentException("The payload is longer than the transport can send.", nameof(bytes), exception);
        }
        catch (SocketException exception)
        {
            _full = exception.SocketErrorCode is SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable;
            _channel.Counters.CountDatagrams(0, 0, 1);
            return false;
        }
    }

    public override void Close() => End(null);

    private void End(Exception? error)
    {
        if (!_closed)
        {
            _closed = true;
            _error = error;
            _socket.Dispose();
            _channel.PostCompletion(_turn);
        }
    }

    private void TakeTurn()
    {
        if (!_closed)
        {
            Receive();
        }
        else if (!IsWaiting && !_finished)
        {
            Finish();
        }
    }

    /// <summary>The pending receive has ended. Called on a thread of the pool.</summary>
    private void Arrive()
    {
        Volatile.Write(ref _arrived, true);
        _channel.PostCompletion(_turn);
    }

    private void Receive()
    {
        var count = 0;
        var slot = 0;
        while (!_closed && count < _slots.Length)
        {
            if (IsWaiting || (!_isPending && !TryStart(_slots[slot])))
            {
                break;
            }

            if (TryTake(_slots[slot], out _batch[count]))
            {
                count++;
                slot++;
            }
        }

        Deliver(count);

        // The pending receive fills its slot while the others are free: it comes first next time.
        (_slots[0], _slots[slot % _slots.Length]) = (_slots[slot % _slots.Length], _slots[0]);
        if (!_isPending && !_closed)
        {
            _channel.PostCompletion(_turn);
        }
    }

    /// <summary>Begins a receive; true when it has ended at once.</summary>
    private bool TryStart(Slot slot)
    {
        _pending = _socket.ReceiveFromAsync(slot.Extent.Memory, SocketFlags.None, slot.Address).ConfigureAwait(false).GetAwaiter();
        if (_pending.IsCompleted)
        {
            return true;
        }

        _isPending = true;
        Volatile.Write(ref _arrived, false);
        _pending.UnsafeOnCompleted(_arrive);
        return false;
    }

    private bool TryTake(Slot slot, out ReceivedDatagram datagram)
    {
        datagram = default;
        _isPending = false;
        try
        {
            var length = _pending.GetResult();
            if (length <= _maximumLength)
            {
                datagram = new ReceivedDatagram(slot.Extent.Slice(0, length), slot.Address);
                return true;
            }

            _channel.Counters.CountDatagrams(0, 0, 1);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.MessageSize)
        {
            _channel.Counters.CountDatagrams(0, 0, 1);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionRefused)
        {
            // An ICMP answer to something sent before (Windows reports it here); it concerns one peer, not the socket.
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            End(exception);
        }

        return false;
    }

    private void Deliver(int count)
    {
        if (count == 0)
        {
            return;
        }

        _channel.Counters.CountDatagrams(count, 0, 0);
        try
        {
            _handler.OnReceived(this, _batch.AsSpan(0, count));
        }
        catch (Exception exception)
        {
            ChannelLog.HandlerFaulted(_channel.Logger, exception, _channel.Index);
        }
    }

    private void Finish()
    {
        _finished = true;
        if (_isPending)
        {
            _isPending = false;
            try
            {
                _pending.GetResult();
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // Ended by the close.
            }
        }

        _channel.Remove(this);
        _channel.Arena.Free(_memory);
        try
        {
            _handler.OnClosed(_error);
        }
        catch (Exception exception)
        {
            ChannelLog.HandlerFaulted(_channel.Logger, exception, _channel.Index);
        }
    }

    /// <summary>Room for one datagram and its sender.</summary>
    private readonly record struct Slot(Extent Extent, SocketAddress Address);

    private sealed class Turn(SocketsDatagramSocket socket) : ChannelWork
    {
        protected internal override void Run() => socket.TakeTurn();
    }
}
