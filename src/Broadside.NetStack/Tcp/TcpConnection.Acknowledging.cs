using Broadside.NetStack.Tcp.Recovery;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp;

/// <content>The sending half's input: acknowledgments and windows (RFC 9293 section 3.10.7.4, fifth).</content>
internal sealed partial class TcpConnection
{
    private SequenceNumber _initialSend;
    private SequenceNumber _sendUnacknowledged;
    private SequenceNumber _sendNext;
    private SequenceNumber _windowUpdateSequence;
    private SequenceNumber _windowUpdateAcknowledgment;
    private int _sendWindow;
    private int _largestSendWindow;
    private InvalidSegmentLimit _invalidSegments;
    private bool _ecnEchoes;

    /// <summary>Up to where, in the stream, everything was sent at least once.</summary>
    private long SentPosition => PositionOf(_sendNext) - (_isFinSent ? 1 : 0);

    // Our SYN is not part of the stream.
    private long PositionOf(SequenceNumber number) =>
        _sendQueue.Acknowledged + (number - _sendUnacknowledged) - (_sendUnacknowledged == _initialSend ? 1 : 0);

    /// <summary>Whether the segment may be gone on with.</summary>
    private bool ProcessAcknowledgment(in TcpArrival arrival, TimeSpan now)
    {
        var number = arrival.Header.AcknowledgmentNumber;
        if (State == TcpState.SynReceived)
        {
            if (number != _sendNext)
            {
                _layer.ResetUnexpected(arrival, Flow, _path, now);
                return false;
            }

            SetSendWindow(arrival.Header.Window, arrival.Sequence, number);
            AcknowledgeSyn(now);
            SetSendWindow(Scaled(arrival.Header.Window), arrival.Sequence, number);
        }

        // RFC 5961 section 5.2: neither of what was never sent, nor older than a window.
        if (number > _sendNext || number < _sendUnacknowledged - _largestSendWindow)
        {
            Challenge(now);
            return false;
        }

        UpdateRecentTimestamp(arrival, now);
        var changesWindow = UpdateSendWindow(arrival, number);
        _probes.OnAnswered();
        _recovery.OnAcknowledgment(Describe(arrival, changesWindow, now), now);
        if (number > _sendUnacknowledged)
        {
            Advance(number, now);
        }

        if (!IsClosed && (UnsentLength > 0 || _recovery.LostBytes > 0 || (_isShutDown && !_isFinSent)))
        {
            _layer.Enlist(this, TcpLists.Data);
        }

        return !IsClosed;
    }

    private void Advance(SequenceNumber number, TimeSpan now)
    {
        var isFinAcknowledged = _isFinSent && number == _sendNext;
        _sendQueue.Acknowledge(_sendQueue.Acknowledged + (number - _sendUnacknowledged) - (isFinAcknowledged ? 1 : 0));
        _sendUnacknowledged = number;
        _unansweredSince = now;
        SoftError = null;
        _path.ConfirmReachability(now);
        Raise(TcpEvents.Released);
        if (isFinAcknowledged)
        {
            OnFinAcknowledged(now);
        }
    }

    private Acknowledgment Describe(in TcpArrival arrival, bool changesWindow, TimeSpan now) => new()
    {
        Number = arrival.Header.AcknowledgmentNumber,
        Sack = arrival.Header.Options.SackBlocks,
        Sendable = (int)Math.Min(UnsentLength, Math.Max(0, _sendUnacknowledged + _sendWindow - _sendNext)),
        CarriesData = arrival.Length > 0,
        ChangesWindow = changesWindow,
        EcnEcho = _negotiated.HasEcn && arrival.Has(TcpFlags.Ece),
        EchoedAt = _negotiated.HasTimestamps && arrival.Header.Options.Timestamps is { } timestamps
            ? SentAt(timestamps.EchoReply, now)
            : null,
    };

    // SND.WL1 and SND.WL2 keep old segments from bringing back old windows. One that acknowledges more is none, though what it carries may
    // be sent again: the window begins where it acknowledges, and one from before, laid there, would reach too far.
    private bool UpdateSendWindow(in TcpArrival arrival, SequenceNumber number)
    {
        var isNewer = number > _sendUnacknowledged
            || _windowUpdateSequence < arrival.Sequence
            || (_windowUpdateSequence == arrival.Sequence && _windowUpdateAcknowledgment <= number);
        if (!isNewer || number < _sendUnacknowledged)
        {
            return false;
        }

        var before = _sendWindow;
        SetSendWindow(Scaled(arrival.Header.Window), arrival.Sequence, number);
        return _sendWindow != before;
    }

    private int Scaled(ushort window) => window << (_negotiated.SendScale ?? 0);

    private void SetSendWindow(int window, SequenceNumber sequence, SequenceNumber number)
    {
        _sendWindow = window;
        _largestSendWindow = Math.Max(_largestSendWindow, window);
        _windowUpdateSequence = sequence;
        _windowUpdateAcknowledgment = number;
    }

    private TcpTimestamps Timestamps(TimeSpan now) => new(TcpClock.Timestamp(now) + _timestampOffset, _recentTimestamp);

    private TimeSpan SentAt(uint echo, TimeSpan now) => TcpClock.SentAt(echo, _timestampOffset, now);
}
