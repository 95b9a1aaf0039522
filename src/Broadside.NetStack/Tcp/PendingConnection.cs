using System.Diagnostics;
using Broadside.NetStack.Network;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp;

/// <summary>
/// SYN-RECEIVED of a passive open: the little that must be kept until the peer's ACK shows that it is where it says, as half-open
/// connections are what a flood makes (RFC 4987 section 3.3).
/// </summary>
internal sealed class PendingConnection(TcpLayer layer) : TcpEndpoint
{
    private TcpListener _listener = null!;
    private PseudoHeader _pseudoHeader;
    private TcpNegotiation _negotiated;
    private SequenceNumber _initialSend;
    private SequenceNumber _initialReceive;
    private SequenceNumber _receiveEdge;
    private TcpTimestamps? _recentTimestamps;
    private uint _timestampOffset;
    private TimeSpan _sentAt;
    private TimeSpan _deferredUntil;
    private InvalidSegmentLimit _answers;
    private int _sent;
    private int _timeouts;

    public TcpListener Listener => _listener;

    private SequenceNumber ReceiveNext => _initialReceive + 1;

    /// <summary>Begins with a SYN; the answer leaves with the next poll.</summary>
    public void Start(TcpListener listener, in Flow flow, NetworkPath path, in TcpArrival syn, SequenceNumber initialSend, TimeSpan now)
    {
        _listener = listener;
        Flow = flow;
        _pseudoHeader = PseudoHeader.Between(flow.Local, flow.Remote, InternetProtocol.Tcp);
        _negotiated = layer.NegotiatePassively(listener.Options, path, syn);
        _initialSend = initialSend;
        _initialReceive = syn.Sequence;
        _receiveEdge = ReceiveNext;
        _timestampOffset = layer.SequenceNumbers.TimestampOffset(flow);
        _recentTimestamps = syn.Header.Options.Timestamps;
        _sent = _timeouts = 0;
        _answers = default;
        _deferredUntil = TimeSpan.Zero;
        IsForgotten = false;
        layer.EnlistControl(this);
    }

    public override void Process(in TcpArrival arrival, TimeSpan now)
    {
        if (arrival.Has(TcpFlags.Rst))
        {
            // RFC 5961 section 3.2; a blind reset must hit the very number.
            if (arrival.Sequence == ReceiveNext)
            {
                layer.Forget(this);
            }
        }
        else if (arrival.Has(TcpFlags.Syn))
        {
            // The peer's SYN again, or another's with its ports: the answer is the same (RFC 9293 section 3.10.7.4, fourth).
            AnswerAgain(now);
        }
        else if (!PassesTimestampCheck(arrival) || !IsAcceptable(arrival))
        {
            AnswerAgain(now);
        }
        else if (arrival.Has(TcpFlags.Ack))
        {
            ProcessAcknowledgment(arrival, now);
        }
    }

    public override void ProcessError(in DeliveryError error, TimeSpan now)
    {
        // No SYN is too big for any path, and no other error ends what its own timer will (RFC 5927 section 5.2).
    }

    public override bool TryEmitControl(TimeSpan now)
    {
        var header = layer.SynAckHeader(Flow, _negotiated, _initialSend, _initialReceive, _listener.Options) with
        {
            Options = layer.SynOptions(_negotiated, _listener.Options, Timestamps(now)),
        };
        if (!layer.TryEmitToStranger(Flow, _pseudoHeader, header, now))
        {
            return false;
        }

        _receiveEdge = ReceiveNext + header.Window;
        if (_sent++ == 0)
        {
            _sentAt = now;
        }

        if (!IsScheduled)
        {
            // RFC 6298 section 5.5: twice as long each time. What repeated SYNs are answered prolongs nothing.
            layer.Wheel.Schedule(this, now + (TcpLayer.InitialTimeout * (1 << Math.Min(_timeouts, 16))));
        }

        return true;
    }

    protected internal override void OnDue(TimeSpan now)
    {
        if (_timeouts++ >= layer.Settings.SynAckRetries)
        {
            layer.Forget(this);
        }
        else
        {
            layer.EnlistControl(this);
        }
    }

    // RFC 9293 section 3.10.7.4, fifth, in SYN-RECEIVED.
    private void ProcessAcknowledgment(in TcpArrival arrival, TimeSpan now)
    {
        if (arrival.Header.AcknowledgmentNumber != _initialSend + 1)
        {
            layer.ResetUnexpected(arrival, Flow, now);
            return;
        }

        if (_listener.DeferAccept > TimeSpan.Zero && arrival.Length == 0 && IsStillDeferred(now))
        {
            return;
        }

        var handshake = new TcpHandshake
        {
            Flow = Flow,
            Negotiated = _negotiated,
            InitialSendSequence = _initialSend,
            InitialReceiveSequence = _initialReceive,
            ReceiveEdge = _receiveEdge,
            SendWindow = arrival.Header.Window << (_negotiated.SendScale ?? 0),
            RecentTimestamp = arrival.Header.Options.Timestamps?.Value ?? 0,
            RoundTrip = _sent == 1 ? now - _sentAt : null,
            WasRetransmitted = _sent > 1,
        };
        layer.Establish(this, handshake, arrival, now);
    }

    // Whoever sends what cannot be accepted is not answered each time (RFC 5961 section 7); its own repetitions are seconds apart.
    private void AnswerAgain(TimeSpan now)
    {
        if (_answers.TryTake(now))
        {
            layer.EnlistControl(this);
        }
    }

    // The ACK alone is taken for lost, as Linux's TCP_DEFER_ACCEPT does; our SYN again brings another.
    private bool IsStillDeferred(TimeSpan now)
    {
        if (_deferredUntil == TimeSpan.Zero)
        {
            _deferredUntil = now + _listener.DeferAccept;
        }

        return now < _deferredUntil;
    }

    private bool PassesTimestampCheck(in TcpArrival arrival) =>
        !_negotiated.HasTimestamps
        || (arrival.Header.Options.Timestamps is { } timestamps && (int)(timestamps.Value - _recentTimestamps!.Value.Value) >= 0);

    private bool IsAcceptable(in TcpArrival arrival)
    {
        Debug.Assert(_receiveEdge >= ReceiveNext);
        return arrival.Sequence >= ReceiveNext && arrival.Sequence <= _receiveEdge;
    }

    private TcpTimestamps Timestamps(TimeSpan now) =>
        new(TcpClock.Timestamp(now) + _timestampOffset, _recentTimestamps?.Value ?? 0);
}
