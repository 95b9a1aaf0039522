namespace Broadside.NetStack.Tcp.Recovery;

/// <content>What the passing of time brings about.</content>
internal sealed partial class LossRecovery
{
    /// <summary>What came due, one at a time.</summary>
    public RecoveryTimer OnDeadline(TimeSpan now)
    {
        if (now < NextDeadline)
        {
            return RecoveryTimer.None;
        }

        if (_rack.Deadline <= now)
        {
            return OnReorderingDeadline(now);
        }

        if (_probe.Deadline <= now)
        {
            // RFC 8985 section 7.3: whether or not a probe can be sent, the retransmission timer is next.
            _probe.Cancel();
            Timer.Restart(now);
            return RecoveryTimer.TailLossProbe;
        }

        OnTimeout(now);
        return RecoveryTimer.RetransmissionTimeout;
    }

    private RecoveryTimer OnReorderingDeadline(TimeSpan now)
    {
        if (_rack.DetectLosses(_scoreboard, ReorderingTime, now) == 0)
        {
            return RecoveryTimer.None;
        }

        if (Phase == RecoveryPhase.Open)
        {
            EnterFastRecovery(Outstanding, delivered: 0);
        }

        if (Phase == RecoveryPhase.FastRecovery)
        {
            var allowance = _reduction.OnAcknowledged(0, BytesInFlight, SlowStartThreshold, SegmentSize, isSafe: false);
            _window.SetForRecovery(BytesInFlight + allowance);
        }

        return RecoveryTimer.LossMarked;
    }

    /// <summary>RFC 6298 sections 5.4 to 5.6, RFC 5681 section 3.1.</summary>
    private void OnTimeout(TimeSpan now)
    {
        _counters.Timeouts++;
        var isRepeated = Phase == RecoveryPhase.TimeoutRecovery && Timer.ConsecutiveTimeouts > 0;
        if (Phase == RecoveryPhase.Open)
        {
            _window.Save();
            _spurious.Start(Unacknowledged);
            _forward.Start();
        }
        else
        {
            // RFC 5682 step 1: not where acknowledgments may stem from earlier retransmissions.
            _forward.Stop();
        }

        _window.OnTimeout(Outstanding, isRepeated);
        Phase = RecoveryPhase.TimeoutRecovery;
        _recoveryPoint = Next;
        _duplicates.Reset();
        MarkLossesOnTimeout(now);
        OnReduced();
        _mustRetransmit = true;
        Timer.OnExpired(now);
        UpdatePacing(now);
    }

    private void MarkLossesOnTimeout(TimeSpan now)
    {
        if (_scoreboard.HasReneged)
        {
            _counters.Reneged++;
            _scoreboard.ForgetSacks();
            _sackFilter.Reset();
            _scoreboard.MarkAllLost();
        }

        if (_sackPermitted)
        {
            _rack.DetectLossesOnTimeout(_scoreboard, ReorderingTime, now);
        }
        else
        {
            _scoreboard.MarkAllLost();
        }
    }
}
