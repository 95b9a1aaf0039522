using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp;

/// <content>SYN-SENT, and SYN-RECEIVED as both sides open at once comes to it (RFC 9293 section 3.5).</content>
internal sealed partial class TcpConnection
{
    private TimeSpan _synSentAt;
    private int _synsSent;

    private void BeginSynchronizing(TimeSpan now)
    {
        _sendNext = _initialSend + 1;
        _synsSent = 0;
        _layer.EnlistControl(this);
        UpdateTimer(now);
    }

    public override bool TryEmitControl(TimeSpan now)
    {
        if (State is not (TcpState.SynSent or TcpState.SynReceived))
        {
            return true;
        }

        if (!TryEmitSyn(now))
        {
            return false;
        }

        _recovery.Timer.StartIfStopped(now);
        _synsSent++;
        _synSentAt = now;
        UpdateTimer(now);
        return true;
    }

    private bool TryEmitSyn(TimeSpan now)
    {
        var answers = State == TcpState.SynReceived;
        var asksForEcn = !answers && _negotiated.HasEcn && _synsSent < 2;
        var header = new TcpRepresentation
        {
            SourcePort = Flow.LocalPort,
            DestinationPort = Flow.RemotePort,
            SequenceNumber = _initialSend,
            AcknowledgmentNumber = answers ? _receiveNext : default,
            Flags = TcpFlags.Syn
                | (answers ? TcpFlags.Ack : TcpFlags.None)
                | (asksForEcn ? TcpFlags.Ece | TcpFlags.Cwr : TcpFlags.None)
                | (answers && _negotiated.HasEcn ? TcpFlags.Ece : TcpFlags.None),
            Window = _receiveWindow.Advertise(_receiveNext, 0, AssumedSegmentSize, isSyn: true),
            Options = SynOptions(now),
        };
        return _layer.TryEmit(_path, _pseudoHeader, header, now);
    }

    private TcpOptions SynOptions(TimeSpan now) => new()
    {
        MaximumSegmentSize = (ushort)_negotiated.ReceiveSegmentSize,
        WindowScale = _negotiated.SendScale is null ? null : OfferedScale,
        SackPermitted = _negotiated.SackPermitted,
        Timestamps = _negotiated.HasTimestamps ? Timestamps(now) : null,
    };

    private byte OfferedScale => ReceiveWindow.ScaleFor(MaximumBuffer);

    // RFC 9293 section 3.10.7.3.
    private void ProcessInSynSent(in TcpArrival arrival, TimeSpan now)
    {
        var hasAck = arrival.Has(TcpFlags.Ack);
        var isAcceptable = hasAck && arrival.Header.AcknowledgmentNumber == _sendNext;
        if (hasAck && !isAcceptable)
        {
            _layer.ResetUnexpected(arrival, Flow, _path, now);
            return;
        }

        if (arrival.Has(TcpFlags.Rst))
        {
            if (isAcceptable)
            {
                End(TcpCloseReason.Refused);
            }

            return;
        }

        if (arrival.Has(TcpFlags.Syn))
        {
            TakeSyn(arrival, isAcceptable, now);
        }
    }

    private void TakeSyn(in TcpArrival arrival, bool acknowledgesOurs, TimeSpan now)
    {
        var peer = arrival.Header.Options;
        _negotiated = _negotiated.Answer(peer, PeerAgreesToEcn(arrival));
        StartReceiving(arrival.Sequence, now);
        if (peer.Timestamps is { } timestamps)
        {
            _recentTimestamp = timestamps.Value;
            _recentTimestampAt = now;
        }

        SetSendWindow(arrival.Header.Window, arrival.Sequence, arrival.Header.AcknowledgmentNumber);
        if (!acknowledgesOurs)
        {
            // Both opened at once.
            State = TcpState.SynReceived;
            _synsSent = 0;
            _layer.EnlistControl(this);
            return;
        }

        AcknowledgeSyn(now);
        _acknowledgments.Demand();
        _layer.Enlist(this, TcpLists.Acknowledgments);
        ProcessText(arrival, arrival.Sequence + 1, now);
        ProcessFin(arrival, arrival.Sequence + 1, now);
    }

    private bool PeerAgreesToEcn(in TcpArrival arrival) =>
        arrival.Has(TcpFlags.Ece) && arrival.Has(TcpFlags.Cwr) != arrival.Has(TcpFlags.Ack);

    private void AcknowledgeSyn(TimeSpan now)
    {
        _sendUnacknowledged = _initialSend + 1;
        var wasRetransmitted = _synsSent > 1;
        if (!wasRetransmitted)
        {
            _recovery.Timer.OnSample(now - _synSentAt);
        }

        Establish(wasRetransmitted, now);
    }

    private void Establish(bool wasRetransmitted, TimeSpan now)
    {
        State = TcpState.Established;
        _pathLimit = _path.MaximumTransmissionUnit;
        _segmentSize = _negotiated.EffectiveSegmentSize(_options, _path);
        _recovery.Start(
            new()
            {
                Next = _sendUnacknowledged,
                SegmentSize = _segmentSize,
                SackPermitted = _negotiated.SackPermitted,
                EcnCapable = _negotiated.HasEcn,
                HandshakeTimedOut = wasRetransmitted,
                Algorithm = _layer.Settings.CongestionAlgorithm,
                IsPaced = _layer.Settings.Pacing,
            },
            now);
        Raise(TcpEvents.Established);
        if (UnsentLength > 0 || _isShutDown)
        {
            _layer.Enlist(this, TcpLists.Data);
        }
    }

    private void OnSynDeadline(TimeSpan now)
    {
        var limit = State == TcpState.SynSent ? _layer.Settings.SynRetries : _layer.Settings.SynAckRetries;
        if (_synsSent > limit)
        {
            End(SoftError is null ? TcpCloseReason.TimedOut : TcpCloseReason.Unreachable);
            return;
        }

        _recovery.Timer.OnExpired(now);
        _layer.EnlistControl(this);
    }
}
