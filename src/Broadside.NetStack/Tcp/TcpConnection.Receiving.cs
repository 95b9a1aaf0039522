using System.Diagnostics;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp;

/// <content>The receiving half: text, reassembly, FIN, the window, and the user's reading.</content>
internal sealed partial class TcpConnection
{
    /// <summary>What a peer's full segments are taken to hold until one was seen.</summary>
    private const int AssumedSegmentSize = 536;

    private SequenceNumber _initialReceive;
    private SequenceNumber _receiveNext;
    private SequenceNumber _finReceived;
    private ReceiveWindow _receiveWindow;
    private AcknowledgmentTimer _acknowledgments;
    private SackBlock? _duplicate;
    private bool _hasFinReceived;
    private bool _discardsReceived;
    private Extent _target;
    private int _targetFilled;
    private TimeSpan _receiveRoundTrip;
    private TimeSpan _receivedAt;

    private int MaximumBuffer => _options.ReceiveBuffer ?? _layer.Settings.MaximumReceiveBuffer;

    private int InitialBuffer => _options.ReceiveBuffer ?? _layer.Settings.InitialReceiveBuffer;

    private int UnreadLength => _receiveNext - (HasPeerClosed ? 1 : 0) - _receiveQueue.Start;

    /// <summary>How many bytes can be read.</summary>
    public int ReadableLength => _discardsReceived ? 0 : UnreadLength;

    /// <summary>The next bytes to read, as many as lie together; zero if there are none.</summary>
    public int Peek(out SharedBuffer buffer, out int offset) =>
        _receiveQueue.Peek(_receiveQueue.Start + ReadableLength, out buffer, out offset);

    /// <summary>Passes over bytes that were read, which opens the window.</summary>
    public void Consume(int length, TimeSpan now)
    {
        Debug.Assert(length <= UnreadLength);
        _receiveQueue.Advance(length, length == UnreadLength && _outOfOrder.IsEmpty);
        OnRead(now);
    }

    /// <summary>How much of the latest extent to receive into has been filled.</summary>
    public int TargetFilled => _targetFilled;

    /// <summary>Has the next bytes put into an extent; <see cref="TcpEvents.TargetFilled"/> tells when it is full.</summary>
    public void ReceiveInto(Extent target, TimeSpan now)
    {
        Debug.Assert(_target.IsEmpty);
        _target = target;
        _targetFilled = 0;
        while (!_target.IsEmpty && Peek(out var buffer, out var offset) is > 0 and var length)
        {
            var part = Math.Min(length, _target.Length - _targetFilled);
            FillTarget(buffer.Extent.Span.Slice(offset, part));
            Consume(part, now);
        }
    }

    /// <summary>Whatever arrives from now on is acknowledged and thrown away.</summary>
    public void DiscardReceived(TimeSpan now)
    {
        _discardsReceived = true;
        _target = default;
        if (UnreadLength > 0)
        {
            Consume(UnreadLength, now);
        }
    }

    /// <summary>Gives back what was received and not read; nothing more may come.</summary>
    public void DropReceived() => _receiveQueue.Release();

    private void StartReceiving(SequenceNumber initial, TimeSpan now)
    {
        _initialReceive = initial;
        _receiveNext = initial + 1;
        _hasFinReceived = false;
        _duplicate = null;
        _lastAcknowledgmentSent = _receiveNext;
        _receiveRoundTrip = TimeSpan.Zero;
        _receivedAt = now;
        _receiveQueue.Reset(_layer.ReceiveBuffers, _receiveNext);
        _receiveWindow.Start(InitialBuffer, MaximumBuffer, _negotiated.SendScale is null ? (byte)0 : OfferedScale, _receiveNext, now);
    }

    // RFC 9293 section 3.10.7.4, seventh: process the segment text. SYN's own number is not text.
    private void ProcessText(in TcpArrival arrival, SequenceNumber textStart, TimeSpan now)
    {
        var payload = arrival.Payload;
        if (payload.IsEmpty || HasPeerClosed)
        {
            return;
        }

        var left = textStart;
        var right = textStart + payload.Length;
        ReportDuplicate(left, right);
        Trim(ref left, ref payload);
        if (payload.IsEmpty)
        {
            DemandAcknowledgment();
        }
        else if (left == _receiveNext)
        {
            TakeInOrder(arrival, payload, now);
        }
        else
        {
            TakeOutOfOrder(left, payload);
        }
    }

    private void Trim(ref SequenceNumber left, ref ReadOnlySpan<byte> payload)
    {
        var before = Math.Max(0, _receiveNext - left);
        payload = before >= payload.Length ? [] : payload[before..];
        left += before;
        var beyond = Math.Max(0, left + payload.Length - _receiveWindow.RightEdge);
        payload = beyond >= payload.Length ? [] : payload[..^beyond];
    }

    private void TakeInOrder(in TcpArrival arrival, ReadOnlySpan<byte> payload, TimeSpan now)
    {
        var fillsGap = !_outOfOrder.IsEmpty;
        if (!TryKeep(payload))
        {
            return;
        }

        if (now - _receivedAt > _recovery.Timer.Timeout)
        {
            _acknowledgments.OnIdle();
        }

        _receivedAt = now;
        _acknowledgments.OnReceived(payload.Length, arrival.JoinedSegmentSize, _layer.Settings.DelayedAcknowledgment, now);
        if (fillsGap)
        {
            // RFC 5681 section 4.2: what fills a gap is acknowledged at once.
            AdvanceOverOutOfOrder();
            DemandAcknowledgment();
        }

        MeasureRoundTrip(arrival, now);
        _layer.Enlist(this, TcpLists.Acknowledgments);
        if (ReadableLength > 0)
        {
            Raise(TcpEvents.Readable);
        }
    }

    /// <summary>Bytes that come in turn go where they are wanted, without a stop if possible.</summary>
    private bool TryKeep(ReadOnlySpan<byte> payload)
    {
        if (_discardsReceived)
        {
            _receiveNext += payload.Length;
            _receiveQueue.Advance(payload.Length, _outOfOrder.IsEmpty);
            return true;
        }

        if (!_target.IsEmpty && UnreadLength == 0)
        {
            var part = Math.Min(payload.Length, _target.Length - _targetFilled);
            FillTarget(payload[..part]);
            _receiveNext += part;
            _receiveQueue.Advance(part, _outOfOrder.IsEmpty);
            payload = payload[part..];
        }

        if (!_receiveQueue.TryWrite(_receiveNext, payload))
        {
            return false;
        }

        _receiveNext += payload.Length;
        return true;
    }

    private void FillTarget(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_target.Span[_targetFilled..]);
        _targetFilled += bytes.Length;
        if (_targetFilled == _target.Length)
        {
            _target = default;
            Raise(TcpEvents.TargetFilled);
        }
    }

    private void AdvanceOverOutOfOrder()
    {
        var next = _outOfOrder.Advance(_receiveNext);
        var gained = next - _receiveNext;
        _receiveNext = next;
        if (_discardsReceived)
        {
            _receiveQueue.Advance(gained, _outOfOrder.IsEmpty);
            return;
        }

        while (!_target.IsEmpty && Peek(out var buffer, out var offset) is > 0 and var length)
        {
            var part = Math.Min(length, _target.Length - _targetFilled);
            FillTarget(buffer.Extent.Span.Slice(offset, part));
            _receiveQueue.Advance(part, part == UnreadLength && _outOfOrder.IsEmpty);
        }
    }

    // RFC 5681 section 4.2: what comes out of order is acknowledged at once.
    private void TakeOutOfOrder(SequenceNumber left, ReadOnlySpan<byte> payload)
    {
        DemandAcknowledgment();
        if ((_discardsReceived || _receiveQueue.TryWrite(left, payload)) && !_outOfOrder.TryAdd(left, left + payload.Length))
        {
            _layer.Counters.OutOfOrderDropped++;
        }
    }

    // RFC 2883 section 4: the first block tells of what came twice.
    private void ReportDuplicate(SequenceNumber left, SequenceNumber right)
    {
        if (!_negotiated.SackPermitted)
        {
            return;
        }

        if (left < _receiveNext)
        {
            _duplicate = new(left, SequenceNumber.Min(right, _receiveNext));
        }
        else if (_outOfOrder.Overlap(left, right) is { } duplicate)
        {
            _duplicate = duplicate;
        }
    }

    // RFC 9293 section 3.10.7.4, eighth: check the FIN bit. One before its turn is remembered by its place.
    private void ProcessFin(in TcpArrival arrival, SequenceNumber textStart, TimeSpan now)
    {
        if (arrival.Has(TcpFlags.Fin) && !HasPeerClosed)
        {
            var place = textStart + arrival.Payload.Length;
            if (place >= _receiveNext && place < _receiveWindow.RightEdge + 1)
            {
                _finReceived = place;
                _hasFinReceived = true;
            }
        }

        if (!_hasFinReceived || HasPeerClosed)
        {
            return;
        }

        if (_receiveNext != _finReceived)
        {
            // RFC 5681 section 4.2: it has come out of order, as text does.
            if (arrival.Has(TcpFlags.Fin))
            {
                DemandAcknowledgment();
            }

            return;
        }

        _receiveNext += 1;
        HasPeerClosed = true;
        _target = default;
        DemandAcknowledgment();
        Raise(TcpEvents.PeerClosed);
        OnPeerClosed(now);
    }

    private void DemandAcknowledgment()
    {
        _acknowledgments.Demand();
        _layer.Enlist(this, TcpLists.Acknowledgments);
    }

    private void OnRead(TimeSpan now)
    {
        _receiveWindow.Tune(_receiveQueue.Start, _receiveRoundTrip, now);
        if (!IsClosed && !HasPeerClosed && _receiveWindow.DeservesUpdate(_receiveNext, UnreadLength, _acknowledgments.SegmentSize))
        {
            DemandAcknowledgment();
        }
    }

    // The receiver learns the round trip from the echo of its own timestamps, or else from the handshake; the least is the path's.
    private void MeasureRoundTrip(in TcpArrival arrival, TimeSpan now)
    {
        if (_receiveRoundTrip == TimeSpan.Zero)
        {
            _receiveRoundTrip = _recovery.Timer.Estimator.Smoothed;
        }

        if (_negotiated.HasTimestamps && arrival.Header.Options.Timestamps is { } timestamps && timestamps.EchoReply != _echoMeasured)
        {
            _echoMeasured = timestamps.EchoReply;
            var sample = now - SentAt(timestamps.EchoReply, now);
            if (sample > TimeSpan.Zero)
            {
                _receiveRoundTrip = _receiveRoundTrip == TimeSpan.Zero || sample < _receiveRoundTrip
                    ? sample
                    : _receiveRoundTrip + ((sample - _receiveRoundTrip) / 8);
            }
        }

        if (_receiveQueue.Start == _receiveNext)
        {
            _receiveWindow.Tune(_receiveQueue.Start, _receiveRoundTrip, now);
        }
    }
}
