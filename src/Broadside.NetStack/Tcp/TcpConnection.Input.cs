using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp;

/// <content>A segment arrives in a synchronized state: the checks of RFC 9293 section 3.10.7.4 in their order, with RFC 5961's and RFC 7323's.</content>
internal sealed partial class TcpConnection
{
    /// <summary>After so long TS.Recent is too old to compare with (RFC 7323 section 5.5).</summary>
    private static readonly TimeSpan TimestampLifetime = TimeSpan.FromDays(24);

    private uint _recentTimestamp;
    private TimeSpan _recentTimestampAt;
    private uint _echoMeasured;
    private SequenceNumber _lastAcknowledgmentSent;

    private void ProcessSynchronized(in TcpArrival arrival, TimeSpan now)
    {
        if (!PassesTimestampCheck(arrival, now) || !PassesSequenceCheck(arrival, now))
        {
            return;
        }

        if (arrival.Has(TcpFlags.Rst))
        {
            ProcessReset(arrival, now);
            return;
        }

        if (arrival.Has(TcpFlags.Syn))
        {
            ProcessUnexpectedSyn(arrival, now);
            return;
        }

        if (!arrival.Has(TcpFlags.Ack) || !ProcessAcknowledgment(arrival, now))
        {
            return;
        }

        NoteCongestionMarks(arrival);
        ProcessText(arrival, arrival.Sequence, now);
        ProcessFin(arrival, arrival.Sequence, now);
    }

    // Protection against wrapped sequence numbers, RFC 7323 section 5.3 R1 to R3.
    private bool PassesTimestampCheck(in TcpArrival arrival, TimeSpan now)
    {
        if (!_negotiated.HasTimestamps || arrival.Has(TcpFlags.Rst))
        {
            return true;
        }

        if (arrival.Header.Options.Timestamps is not { } timestamps)
        {
            // RFC 7323 section 3.2: once agreed on, a segment without timestamps is dropped.
            _layer.Counters.WithoutTimestamps++;
            return false;
        }

        var isOld = (int)(timestamps.Value - _recentTimestamp) < 0 && now - _recentTimestampAt < TimestampLifetime;
        if (isOld)
        {
            _layer.Counters.OldTimestamps++;
            NoteDuplicateText(arrival);
            AcknowledgeUnacceptable(arrival, now);
            return false;
        }

        return true;
    }

    // RFC 7323 section 4.3 (2), once the acknowledgment number has been found good: what a blind sender made up must not set it, or the
    // peer's segments would all be too old.
    private void UpdateRecentTimestamp(in TcpArrival arrival, TimeSpan now)
    {
        if (_negotiated.HasTimestamps
            && arrival.Sequence <= _lastAcknowledgmentSent
            && arrival.Header.Options.Timestamps is { } timestamps)
        {
            _recentTimestamp = timestamps.Value;
            _recentTimestampAt = now;
        }
    }

    private bool PassesSequenceCheck(in TcpArrival arrival, TimeSpan now)
    {
        if (IsAcceptable(arrival))
        {
            return true;
        }

        if (!arrival.Has(TcpFlags.Rst))
        {
            if (State == TcpState.SynReceived && arrival.Has(TcpFlags.Syn) && arrival.Sequence == _initialReceive)
            {
                // The peer's SYN again: ours was lost (RFC 9293 section 3.8.1).
                ProcessUnexpectedSyn(arrival, now);
                return false;
            }

            NoteDuplicateText(arrival);
            AcknowledgeUnacceptable(arrival, now);
        }

        return false;
    }

    // RFC 9293 section 3.4, table 6; the edge that was advertised counts. With a closed window what comes at its edge still tells
    // something by its ACK, RST or FIN.
    private bool IsAcceptable(in TcpArrival arrival)
    {
        var window = _receiveWindow.RightEdge - _receiveNext;
        var length = arrival.Length;
        if (length == 0 || window == 0)
        {
            return arrival.Sequence == _receiveNext
                || (arrival.Sequence > _receiveNext && arrival.Sequence < _receiveWindow.RightEdge);
        }

        return arrival.Sequence < _receiveWindow.RightEdge && arrival.End > _receiveNext;
    }

    private void NoteDuplicateText(in TcpArrival arrival)
    {
        if (!arrival.Payload.IsEmpty)
        {
            ReportDuplicate(arrival.Sequence, arrival.Sequence + arrival.Payload.Length);
        }
    }

    // An ACK answers what cannot be accepted, but not so often that two peers could keep each other at it.
    private void AcknowledgeUnacceptable(in TcpArrival arrival, TimeSpan now)
    {
        if (arrival.Length > 0 && !arrival.Payload.IsEmpty && !arrival.Has(TcpFlags.Syn))
        {
            DemandAcknowledgment();
        }
        else if (_invalidSegments.TryTake(now))
        {
            DemandAcknowledgment();
        }
    }

    // RFC 5961 section 3.2: only the very next number resets; others in the window are asked about.
    private void ProcessReset(in TcpArrival arrival, TimeSpan now)
    {
        if (arrival.Sequence != _receiveNext)
        {
            Challenge(now);
            return;
        }

        if (State == TcpState.SynReceived)
        {
            End(TcpCloseReason.Refused);
            return;
        }

        // RFC 9293 section 3.10.7.4, second: nothing is told of a reset when both directions have ended. But bytes were lost if the peer
        // has not acknowledged all of them.
        var hasEnded = State is (TcpState.Closing or TcpState.LastAcknowledgment) && UnacknowledgedLength == 0;
        End(hasEnded ? TcpCloseReason.Closed : TcpCloseReason.PeerReset);
    }

    // RFC 5961 section 4.2: a SYN in a synchronized state is asked about, wherever it lies.
    private void ProcessUnexpectedSyn(in TcpArrival arrival, TimeSpan now)
    {
        if (State == TcpState.SynReceived && arrival.Sequence == _initialReceive)
        {
            if (arrival.Has(TcpFlags.Ack) && arrival.Header.AcknowledgmentNumber == _sendNext)
            {
                // Both sides opened at once and this is the peer's answer to our SYN.
                SetSendWindow(arrival.Header.Window, arrival.Sequence, arrival.Header.AcknowledgmentNumber);
                AcknowledgeSyn(now);
                DemandAcknowledgment();
            }
            else
            {
                _layer.EnlistControl(this);
            }

            return;
        }

        Challenge(now);
    }

    private void Challenge(TimeSpan now)
    {
        if (_layer.Challenges.TryTake(ref _invalidSegments, now))
        {
            DemandAcknowledgment();
        }
    }

    // RFC 3168 section 6.1.3: a mark is echoed until the sender says that it has answered it.
    private void NoteCongestionMarks(in TcpArrival arrival)
    {
        if (!_negotiated.HasEcn)
        {
            return;
        }

        if (arrival.Has(TcpFlags.Cwr))
        {
            _ecnEchoes = false;
        }

        if (arrival.Ecn == EcnCodepoint.CongestionExperienced && !arrival.Payload.IsEmpty)
        {
            _ecnEchoes = true;
            DemandAcknowledgment();
        }
    }
}
