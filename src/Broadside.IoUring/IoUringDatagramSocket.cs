using System.Net;
using System.Numerics;
using Broadside.Channels;
using Broadside.IoUring.Interop;

namespace Broadside.IoUring;

/// <summary>
/// A UDP socket: one receive that goes on for ever, and sends that go out with the round's other operations. What one round brings is
/// handed over as batches.
/// </summary>
internal sealed unsafe class IoUringDatagramSocket : ChannelDatagramSocket, ICompletionTarget
{
    // The largest payload of UDP over IPv4 (RFC 768, RFC 791); a little more is possible over IPv6.
    private const int LongestPayload = 65_507;
    private const int LongestPayloadIpv6 = 65_527;
    private const int NameLength = NativeAddress.Ipv6Length;

    private static readonly int PayloadOffset = sizeof(ReceivedMessageHeader) + NameLength;

    private readonly IoUringChannel _channel;
    private readonly IDatagramHandler _handler;
    private readonly ulong _key;
    private readonly int _socket;
    private readonly ushort _group;
    private readonly ProvidedBufferRing _buffers;
    private readonly Extent _memory;
    private readonly int _slotLength;
    private readonly ReceivedDatagram[] _batch;
    private readonly ushort[] _slots;
    private readonly SocketAddress[] _addresses;
    private readonly Turn _turn;
    private int _count;
    private int _pendingSends;
    private bool _isReceiving;
    private bool _isClosed;
    private bool _isFinished;
    private Exception? _error;

    public IoUringDatagramSocket(IoUringChannel channel, EndPoint endPoint, DatagramOptions options, IDatagramHandler handler)
    {
        _channel = channel;
        _handler = handler;
        _turn = new Turn(this);
        _slotLength = (PayloadOffset + options.MaximumLength + 7) & ~7;
        var count = Math.Clamp(options.BatchSize, 1, Arena.MaximumExtent / _slotLength);
        _memory = channel.Arena.Allocate(count * _slotLength);
        try
        {
            _socket = NativeSocket.BindDatagram(endPoint, out var local);
            LocalEndPoint = local;
        }
        catch
        {
            channel.Arena.Free(_memory);
            throw;
        }

        _group = channel.BufferGroups.Rent();
        _buffers = new ProvidedBufferRing(channel.Ring, _group, (int)BitOperations.RoundUpToPowerOf2((uint)count), incremental: false);
        _batch = new ReceivedDatagram[count];
        _slots = new ushort[count];
        _addresses = new SocketAddress[count];
        for (var slot = 0; slot < count; slot++)
        {
            _addresses[slot] = new SocketAddress(endPoint.AddressFamily, NameLength);
            Provide((ushort)slot);
        }

        _key = channel.Operations.Add(this);
    }

    public override EndPoint LocalEndPoint { get; }

    public void Start()
    {
        _isReceiving = true;
        _channel.Ring.Reserve(1, sizeof(MessageHeader));
        var header = (MessageHeader*)_channel.Ring.TakeScratch(sizeof(MessageHeader));
        *header = new MessageHeader { NameLength = NameLength };
        ref var entry = ref _channel.Ring.Next();
        entry.Opcode = Opcode.ReceiveMessage;
        entry.Flags = EntryFlags.SelectBuffer;
        entry.Modifiers = (ushort)TransferFlags.ReceiveMultishot;
        entry.File = _socket;
        entry.Address = (ulong)header;
        entry.Length = 1;
        entry.BufferGroup = _group;
        entry.UserData = OperationTable.Key(_key, OperationKind.Receive);
    }

    public void OnCompletion(OperationKind kind, in CompletionEntry completion)
    {
        switch (kind)
        {
            case OperationKind.Send:
                _pendingSends--;
                _channel.Counters.CountDatagrams(0, completion.Result < 0 ? 0 : 1, completion.Result < 0 ? 1 : 0);
                break;
            case OperationKind.Receive:
                OnReceive(completion);
                break;
        }

        FinishIfIdle();
    }

    public override bool TrySend(ReadOnlySpan<byte> bytes, SocketAddress to)
    {
        if (bytes.Length > (LocalEndPoint.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? LongestPayload : LongestPayloadIpv6))
        {
            throw new ArgumentException("The payload is longer than the transport can send.", nameof(bytes));
        }

        if (_isClosed)
        {
            _channel.Counters.CountDatagrams(0, 0, 1);
            return false;
        }

        Submit(bytes, to);
        return true;
    }

    public override void Close() => End(null);

    /// <summary>Closes, for a reason that the handler is told.</summary>
    public void End(Exception? error)
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        _error = error;
        if (_isReceiving)
        {
            _channel.Cancel(_key, OperationKind.Receive);
        }

        _channel.PostLater(_turn);
    }

    /// <summary>Ends without the ring, once closed: what is pending will not tell of its end.</summary>
    public void Abandon()
    {
        _isReceiving = false;
        _pendingSends = 0;
        FinishIfIdle();
    }

    /// <summary>Hands over what the round has brought.</summary>
    public void Deliver()
    {
        var count = _count;
        if (count == 0)
        {
            return;
        }

        _count = 0;
        if (!_isClosed)
        {
            _channel.Counters.CountDatagrams(count, 0, 0);
            try
            {
                _handler.OnReceived(this, _batch.AsSpan(0, count));
            }
            catch (Exception exception)
            {
                _channel.LogFault(exception);
            }
        }

        for (var index = 0; index < count; index++)
        {
            Provide(_slots[index]);
        }

        if (!_isReceiving && !_isClosed)
        {
            Start();
        }
    }

    private void OnReceive(in CompletionEntry completion)
    {
        _isReceiving = completion.HasMore;
        if (completion.HasBuffer)
        {
            Keep(completion);
        }
        else if (completion.Result is < 0 and not (-Errno.NoBuffers or -Errno.Canceled or -Errno.Interrupted or -Errno.Again))
        {
            End(Errno.ToException(-completion.Result));
        }

        if (_count == _batch.Length)
        {
            Deliver();
        }
        else if (!_isReceiving && _count == 0 && !_isClosed)
        {
            Start();
        }
    }

    private void Keep(in CompletionEntry completion)
    {
        var slot = completion.BufferId;
        var memory = _memory.Slice(slot * _slotLength, _slotLength);
        var header = (ReceivedMessageHeader*)memory.Pointer;
        if (completion.Result < PayloadOffset || (header->Flags & MessageFlags.Truncate) != 0)
        {
            _channel.Counters.CountDatagrams(0, 0, 1);
            Provide(slot);
            return;
        }

        var from = _addresses[_count];
        from.Size = (int)Math.Min(header->NameLength, NameLength);
        memory.Span.Slice(sizeof(ReceivedMessageHeader), from.Size).CopyTo(from.Buffer.Span);
        _slots[_count] = slot;
        _batch[_count++] = new ReceivedDatagram(memory.Slice(PayloadOffset, completion.Result - PayloadOffset), from);
        if (_count == 1)
        {
            _channel.DeliverLater(this);
        }
    }

    private void Provide(ushort slot) => _buffers.Provide(_memory.Pointer + (slot * _slotLength), _slotLength, slot);

    private void Submit(ReadOnlySpan<byte> bytes, SocketAddress to)
    {
        // The send does not wait for room, so it is over when the kernel has taken the entry: scratch memory lasts long enough.
        var length = sizeof(MessageHeader) + sizeof(IoVector) + NativeAddress.MaximumLength + bytes.Length;
        _channel.Ring.Reserve(1, length);
        var header = (MessageHeader*)_channel.Ring.TakeScratch(length);
        var vector = (IoVector*)(header + 1);
        var name = (byte*)(vector + 1);
        var payload = name + NativeAddress.MaximumLength;
        to.Buffer.Span[..to.Size].CopyTo(new Span<byte>(name, NativeAddress.MaximumLength));
        bytes.CopyTo(new Span<byte>(payload, bytes.Length));
        *vector = new IoVector { Base = payload, Length = (nuint)bytes.Length };
        *header = new MessageHeader { Name = name, NameLength = (uint)to.Size, Vectors = vector, VectorCount = 1 };
        ref var entry = ref _channel.Ring.Next();
        entry.Opcode = Opcode.SendMessage;
        entry.File = _socket;
        entry.Address = (ulong)header;
        entry.Length = 1;
        entry.OperationFlags = MessageFlags.DontWait | MessageFlags.NoSignal;
        entry.UserData = OperationTable.Key(_key, OperationKind.Send);
        _pendingSends++;
    }

    private void FinishIfIdle()
    {
        if (!_isClosed || _isReceiving || _pendingSends > 0 || _isFinished)
        {
            return;
        }

        _isFinished = true;
        _count = 0;
        _buffers.Dispose();
        _channel.BufferGroups.Return(_group);
        SystemCalls.Close(_socket);
        _channel.Remove(this, _key);
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

    /// <summary>Finishes what was closed with nothing pending: not from within the call.</summary>
    private sealed class Turn(IoUringDatagramSocket socket) : ChannelWork
    {
        protected override void Run() => socket.FinishIfIdle();
    }
}
