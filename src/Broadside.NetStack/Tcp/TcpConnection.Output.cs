using Broadside.NetStack.Tcp.Recovery;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp;

/// <content>What is sent: acknowledgments, data new and again, FIN, probes.</content>
internal sealed partial class TcpConnection
{
    /// <summary>How long what is corked waits at most, as in Linux's tcp(7).</summary>
    private static readonly TimeSpan CorkLimit = TimeSpan.FromMilliseconds(200);

    private ProbeTimer _probes = new();
    private int _segmentSize;
    private int _pathLimit;

    /// <summary>Sends an acknowledgment if one is due and no data carry it.</summary>
    /// <returns>False if the device has no room.</returns>
    public bool TryEmitPendingAcknowledgment(TimeSpan now)
    {
        if (IsClosed || !_acknowledgments.IsDue)
        {
            UpdateTimer(now);
            return true;
        }

        var emitted = TryEmitAcknowledgment(now);
        UpdateTimer(now);
        return emitted;
    }

    /// <summary>Sends data, up to a number of bytes.</summary>
    /// <returns>Whether there was room for all that may be sent now.</returns>
    public DataEmission EmitData(int budget, TimeSpan now)
    {
        var emission = DataEmission.Done;
        if (!IsClosed && State is not (TcpState.SynSent or TcpState.SynReceived))
        {
            AdoptPathLimit(now);
            var unsent = UnsentLength;
            emission = EmitSegments(budget, now);
            if (unsent > _options.UnsentLimit && UnsentLength <= _options.UnsentLimit)
            {
                Raise(TcpEvents.SendSpace);
            }
        }

        UpdateTimer(now);
        return emission;
    }

    private DataEmission EmitSegments(int budget, TimeSpan now)
    {
        while (TryNextRange(now, out var start, out var length, out var kind))
        {
            if (budget <= 0)
            {
                return DataEmission.More;
            }

            var emitted = EmitRange(start, length, kind, now);
            if (emitted == 0)
            {
                return DataEmission.NoRoom;
            }

            budget -= emitted;
        }

        return DataEmission.Done;
    }

    private bool TryNextRange(TimeSpan now, out SequenceNumber start, out int length, out SentKind kind)
    {
        kind = SentKind.Retransmission;
        if (_recovery.TryGetRetransmission(LargestEmission(), out start, out length))
        {
            return true;
        }

        kind = SentKind.NewData;
        start = _sendNext;
        length = NewLength(_recovery.NewDataAllowance(now), now);
        return length > 0;
    }

    /// <summary>How many new sequence numbers may be sent in one go: as many as the windows hold, and no silly segments.</summary>
    private int NewLength(int allowance, TimeSpan now)
    {
        if (_isFinSent || now < _recovery.PacingDeadline)
        {
            return 0;
        }

        var unsent = UnsentLength;
        var window = _sendUnacknowledged + _sendWindow - _sendNext;
        var usable = (int)Math.Min(unsent, Math.Max(0, Math.Min(window, allowance)));
        var largest = LargestEmission();
        if (usable > largest)
        {
            usable = largest;
        }
        else if (usable > _segmentSize)
        {
            // A tail that may not leave alone is left for later.
            var tail = usable % _segmentSize;
            if (!MayLeave(tail, usable == unsent))
            {
                usable -= tail;
            }
        }
        else if (!MayLeave(usable, usable == unsent))
        {
            AwaitWindow(unsent, now);
            return 0;
        }

        var withFin = _isShutDown && usable == unsent;
        return usable + (withFin ? 1 : 0);
    }

    // RFC 9293 section 3.8.6.2.1 against the silly window syndrome, with Nagle's rule (section 3.7.4) unless it was turned off.
    private bool MayLeave(int length, bool isAll)
    {
        if (length >= _segmentSize)
        {
            return true;
        }

        if (isAll)
        {
            return (length > 0 || _isShutDown)
                && (_isShutDown || (!IsCorked && (_options.NoDelay || _sendNext == _sendUnacknowledged)));
        }

        return length > 0 && length >= _largestSendWindow / 2;
    }

    // With nothing in flight no acknowledgment will come by itself.
    private void AwaitWindow(long unsent, TimeSpan now)
    {
        if ((unsent > 0 || _isShutDown) && _sendNext == _sendUnacknowledged)
        {
            _probes.Start(IsCorked ? CorkLimit : _recovery.Timer.Timeout, now);
        }
    }

    // The device cuts what is longer than a segment, if it can.
    private int LargestEmission()
    {
        var segmented = _path.MaximumSegmentedLength - TcpRepresentation.MaximumHeaderLength;
        return segmented < 2 * _segmentSize ? _segmentSize : segmented - (segmented % _segmentSize);
    }

    /// <returns>How many sequence numbers were sent; zero if the device has no room.</returns>
    private int EmitRange(SequenceNumber start, int length, SentKind kind, TimeSpan now)
    {
        var position = PositionOf(start);
        var hasFin = position + length > _sendQueue.End;
        var payloadLength = Math.Min(length - (hasFin ? 1 : 0), LargestEmission());
        var gathered = 0;
        var payload = default(SegmentPayload);
        if (payloadLength > 0)
        {
            gathered = _sendQueue.Gather(position, payloadLength, _layer.Extents, out var count, out var areFinal);
            payload = new() { Extents = _layer.Extents.AsSpan(0, count), Length = gathered, AreFinal = areFinal };
        }

        // What could not be named in so few extents goes in a segment of its own, and so the FIN with it.
        hasFin &= position + gathered == _sendQueue.End;
        if (!TryEmitSegment(start, payload, hasFin, kind, now))
        {
            return 0;
        }

        if (_sendNext == _sendUnacknowledged)
        {
            _unansweredSince = now;
        }

        var sent = gathered + (hasFin ? 1 : 0);
        _recovery.OnSent(start, sent, kind, now);
        if (start + sent > _sendNext)
        {
            _sendNext = start + sent;
            _probes.Stop();
        }

        if (hasFin && !_isFinSent)
        {
            OnFinSent();
        }

        return sent;
    }

    private bool TryEmitSegment(SequenceNumber start, SegmentPayload payload, bool hasFin, SentKind kind, TimeSpan now)
    {
        var length = payload.Length;
        var isNew = kind == SentKind.NewData && length > 0;
        var signalsReduction = isNew && _recovery.MustSignalReduction;
        var isPushed = length > 0 && _sendQueue.IsBatchEnd(PositionOf(start) + length);
        var header = Header(start, now) with
        {
            Flags = TcpFlags.Ack
                | (hasFin ? TcpFlags.Fin : TcpFlags.None)
                | (isPushed ? TcpFlags.Psh : TcpFlags.None)
                | (_ecnEchoes ? TcpFlags.Ece : TcpFlags.None)
                | (signalsReduction ? TcpFlags.Cwr : TcpFlags.None),
        };

        // RFC 3168 sections 6.1.4 and 6.1.5: neither pure acknowledgments nor what is sent again may be marked.
        var ecn = isNew && _negotiated.HasEcn ? EcnCodepoint.EcnCapable0 : EcnCodepoint.NotEcnCapable;
        if (!_layer.TryEmit(_path, _pseudoHeader, header, payload, length > _segmentSize ? _segmentSize : 0, ecn, now))
        {
            return false;
        }

        OnAcknowledgmentSent();
        return true;
    }

    private bool TryEmitAcknowledgment(TimeSpan now)
    {
        var header = Header(_sendNext, now);
        header = header with
        {
            Flags = TcpFlags.Ack | (_ecnEchoes ? TcpFlags.Ece : TcpFlags.None),
            Options = header.Options with { SackBlocks = TakeSackBlocks() },
        };
        if (!_layer.TryEmit(_path, _pseudoHeader, header, now))
        {
            return false;
        }

        OnAcknowledgmentSent();
        return true;
    }

    /// <summary>An old number, so that the peer must answer with where it is: a window or keep-alive probe (RFC 9293 sections 3.8.4 and 3.8.6.1).</summary>
    private void EmitProbe(TimeSpan now)
    {
        var header = Header(_sendUnacknowledged - 1, now) with { Flags = TcpFlags.Ack };
        _layer.TryEmit(_path, _pseudoHeader, header, now);
    }

    private TcpRepresentation Header(SequenceNumber sequence, TimeSpan now) => new()
    {
        SourcePort = Flow.LocalPort,
        DestinationPort = Flow.RemotePort,
        SequenceNumber = sequence,
        AcknowledgmentNumber = _receiveNext,
        Flags = TcpFlags.Ack,
        Window = _receiveWindow.Advertise(_receiveNext, UnreadLength, _acknowledgments.SegmentSize, isSyn: false),
        Options = new() { Timestamps = _negotiated.HasTimestamps ? Timestamps(now) : null },
    };

    private SackBlocks TakeSackBlocks()
    {
        if (!_negotiated.SackPermitted || (_duplicate is null && _outOfOrder.IsEmpty))
        {
            return default;
        }

        var blocks = _outOfOrder.Report(_duplicate);
        _duplicate = null;
        return blocks;
    }

    private void OnAcknowledgmentSent()
    {
        _acknowledgments.OnSent();
        _lastAcknowledgmentSent = _receiveNext;
    }

    // The path carries less, or more, than it did.
    private void AdoptPathLimit(TimeSpan now)
    {
        if (State is TcpState.SynSent or TcpState.SynReceived || _path.MaximumTransmissionUnit == _pathLimit)
        {
            return;
        }

        _pathLimit = _path.MaximumTransmissionUnit;
        var size = _negotiated.EffectiveSegmentSize(_options, _path);
        if (size == _segmentSize)
        {
            return;
        }

        _segmentSize = size;
        _recovery.OnSegmentSizeChanged(size, now);
        _layer.Enlist(this, TcpLists.Data);
    }
}
