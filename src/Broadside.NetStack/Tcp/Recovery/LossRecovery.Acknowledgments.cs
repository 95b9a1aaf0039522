using Broadside.NetStack.Tcp.Congestion;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp.Recovery;

/// <content>What acknowledgments bring about.</content>
internal sealed partial class LossRecovery
{
    private const int SegmentsPerAcknowledgment = 2;

    public AcknowledgmentOutcome OnAcknowledgment(in Acknowledgment acknowledgment, TimeSpan now)
    {
        var outcome = new AcknowledgmentOutcome();
        if (acknowledgment.Number > Next)
        {
            return outcome;
        }

        var (outstanding, counted) = (Outstanding, DuplicateBytes);
        var phase = Phase;
        var duplicateSack = Apply(in acknowledgment, ref outcome, now);
        Measure(in acknowledgment, outcome.Acknowledged > 0, outstanding, now);
        if (outcome.Acknowledged > 0)
        {
            Timer.OnProgress();
        }

        var isRepaired = _probe.OnAcknowledged(acknowledgment.Number, outcome.IsDuplicate && acknowledgment.Sack.Count == 0, duplicateSack);
        TakeBackIfSpurious(in acknowledgment, duplicateSack, ref outcome);
        LeaveRecoveryAt(acknowledgment.Number, ref outcome);
        var lost = DetectLosses(in outcome, now);
        var delivered = _delivery.Bytes + DuplicateBytes - counted;
        if (Phase == RecoveryPhase.Open)
        {
            if (lost > 0 || (outcome.LeftRecovery && LostBytes > 0))
            {
                EnterFastRecovery(outstanding, delivered);
                outcome.EnteredRecovery = true;
            }
            else if (isRepaired || IsNewlyMarked(in acknowledgment))
            {
                Reduce(outstanding, isRepaired);
            }
        }

        UpdateWindow(in acknowledgment, in outcome, phase, delivered, lost, now);
        UpdateTimers(in outcome, now);
        return outcome;
    }

    /// <summary>Brings the scoreboard up to date, and returns what was reported as a duplicate.</summary>
    private SackBlock? Apply(in Acknowledgment acknowledgment, ref AcknowledgmentOutcome outcome, TimeSpan now)
    {
        var before = Unacknowledged;
        _delivery.Reset(_recoveryPoint, acknowledgment.EchoedAt, now);
        var isCandidate = acknowledgment.Number == before && Outstanding > 0 && !acknowledgment.CarriesData && !acknowledgment.ChangesWindow;
        if (acknowledgment.Number > before)
        {
            _scoreboard.Acknowledge(acknowledgment.Number, _delivery);
        }

        SackBlock? duplicate = null;
        if (_sackPermitted && acknowledgment.Sack.Count > 0)
        {
            duplicate = SackFilter.DuplicateIn(in acknowledgment, Next);
            _sackFilter.Apply(in acknowledgment, _scoreboard, _delivery);
        }

        outcome.Acknowledged = Unacknowledged - before;
        outcome.Sacked = _delivery.SackedBytes;
        outcome.IsDuplicate = isCandidate || (outcome.Acknowledged == 0 && outcome.Sacked > 0);
        outcome.HasDuplicateSack = duplicate is not null;
        _counters.DuplicateSacks += outcome.HasDuplicateSack ? 1 : 0;
        _reordering.OnAcknowledged(acknowledgment.Number, Next, outcome.HasDuplicateSack);
        CountDuplicates(in outcome, isCandidate);
        return duplicate;
    }

    private void CountDuplicates(in AcknowledgmentOutcome outcome, bool isDuplicate)
    {
        if (outcome.Acknowledged > 0)
        {
            if (Phase == RecoveryPhase.FastRecovery)
            {
                _duplicates.OnPartial(outcome.Acknowledged, SegmentSize);
            }
            else
            {
                _duplicates.Reset();
            }
        }
        else if (isDuplicate && !_sackPermitted && Phase != RecoveryPhase.TimeoutRecovery)
        {
            _duplicates.OnDuplicate();
        }
    }

    /// <summary>RFC 6298 section 3 (Karn), RFC 7323 section 4.</summary>
    private void Measure(in Acknowledgment acknowledgment, bool advances, int outstanding, TimeSpan now)
    {
        var sample = _delivery.LongestRoundTrip
            ?? (advances && acknowledgment.EchoedAt is { } echoedAt && echoedAt <= now ? now - echoedAt : (TimeSpan?)null);
        if (sample is { } roundTrip)
        {
            var expected = (outstanding + (SegmentsPerAcknowledgment * SegmentSize) - 1) / (SegmentsPerAcknowledgment * SegmentSize);
            Timer.OnSample(roundTrip, Math.Max(1, expected));
            _probe.OnRoundTrip();
        }
    }

    private void TakeBackIfSpurious(in Acknowledgment acknowledgment, SackBlock? duplicateSack, ref AcknowledgmentOutcome outcome)
    {
        var advances = outcome.Acknowledged > 0;
        var isSpurious = _spurious.OnAcknowledged(advances, acknowledgment.EchoedAt, _options.ClockGranularity);
        isSpurious |= duplicateSack is { } block && _spurious.OnDuplicateSack(block);
        isSpurious |= Phase == RecoveryPhase.TimeoutRecovery && IsTimeoutSpurious(in acknowledgment, advances);
        if (isSpurious)
        {
            TakeBack();
            outcome.WasSpurious = true;
        }
    }

    private bool IsTimeoutSpurious(in Acknowledgment acknowledgment, bool advances)
    {
        var wasUndecided = _forward.HoldsRetransmissions;
        var isPartial = advances && acknowledgment.Number < _recoveryPoint;
        var isSpurious = _forward.OnAcknowledged(isPartial, _delivery.HasOriginal, acknowledgment.Sendable, SegmentSize);
        if (wasUndecided && !isSpurious)
        {
            // RFC 5682 step 3a: room for retransmissions beside the new data that was sent.
            _window.SetForRecovery(3 * SegmentSize);
        }

        return isSpurious;
    }

    private void TakeBack()
    {
        _counters.SpuriousTimeouts += Phase == RecoveryPhase.TimeoutRecovery ? 1 : 0;
        _counters.SpuriousRecoveries += Phase == RecoveryPhase.TimeoutRecovery ? 0 : 1;
        _window.Restore();
        _scoreboard.MarkNoneLost();
        _spurious.Stop();
        EndRecovery();
    }

    private void LeaveRecoveryAt(SequenceNumber number, ref AcknowledgmentOutcome outcome)
    {
        if (Phase == RecoveryPhase.Open || number < _recoveryPoint)
        {
            return;
        }

        if (Phase == RecoveryPhase.FastRecovery)
        {
            _window.OnRecovered();
        }

        _reordering.OnRecovered();
        EndRecovery();
        outcome.LeftRecovery = true;
    }

    private void EndRecovery()
    {
        Phase = RecoveryPhase.Open;
        _forward.Stop();
        _duplicates.Reset();
        _mustRetransmit = false;
    }

    private int DetectLosses(in AcknowledgmentOutcome outcome, TimeSpan now)
    {
        if (_sackPermitted)
        {
            return _rack.DetectLosses(_scoreboard, ReorderingTime, now);
        }

        // RFC 5681 section 3.2 step 1, unless they stem from an earlier recovery (RFC 6582 section 3.2 step 1).
        var before = LostBytes;
        var isLoss = Phase == RecoveryPhase.Open && _duplicates.IsLossIndicated && Unacknowledged > _recoveryPoint;

        // RFC 6582 section 3.2 step 3: a partial acknowledgment retransmits in any case.
        var isPartial = Phase == RecoveryPhase.FastRecovery && outcome.Acknowledged > 0;
        if ((isLoss || isPartial) && _scoreboard.MarkFirstSegmentLost())
        {
            _mustRetransmit = true;
        }

        return LostBytes - before;
    }

    private TimeSpan ReorderingTime => _reordering.Of(_scoreboard, _rack, SmoothedRoundTrip, Phase != RecoveryPhase.Open);

    private void EnterFastRecovery(int outstanding, int delivered)
    {
        _counters.FastRecoveries++;
        _window.Save();
        _window.OnLoss(outstanding);
        _reduction.Start(BytesInFlight + LostBytes + delivered);
        OnReduced();
        _spurious.Start(Unacknowledged);
        Phase = RecoveryPhase.FastRecovery;
        _recoveryPoint = Next;
    }

    /// <summary>The receiver repeats the mark until CWR reaches it, which came with data behind the reduction.</summary>
    private bool IsNewlyMarked(in Acknowledgment acknowledgment) =>
        _ecnCapable && acknowledgment.EcnEcho && acknowledgment.Number > _reductionPoint;

    /// <summary>Congestion without a retransmission: at most once a window (RFC 3168 section 6.1.2).</summary>
    private void Reduce(int outstanding, bool isRepaired)
    {
        _counters.ProbeRecoveries += isRepaired ? 1 : 0;
        _counters.EcnReductions += isRepaired ? 0 : 1;
        _window.OnCongestion(outstanding);
        OnReduced();
        _spurious.Stop();
    }

    private void OnReduced()
    {
        _reductionPoint = Next;
        MustSignalReduction = _ecnCapable;
        _probe.Abandon();
    }

    private void UpdateWindow(
        in Acknowledgment acknowledgment, in AcknowledgmentOutcome outcome, RecoveryPhase before, int delivered, int lost, TimeSpan now)
    {
        if (Phase == RecoveryPhase.FastRecovery)
        {
            var isSafe = outcome.Acknowledged > 0 && lost == 0;
            var allowance = _reduction.OnAcknowledged(delivered, BytesInFlight, SlowStartThreshold, SegmentSize, isSafe);
            _window.SetForRecovery(BytesInFlight + allowance);
        }

        // RFC 5681 section 3.1: after a timeout it is slow start, also for the acknowledgment of what was sent again.
        var mayGrow = Phase != RecoveryPhase.FastRecovery
            && !(outcome.LeftRecovery && before == RecoveryPhase.FastRecovery)
            && !outcome.WasSpurious
            && !acknowledgment.EcnEcho;
        var feedback = new WindowFeedback
        {
            Number = acknowledgment.Number,
            Next = Next,
            Acknowledged = outcome.Acknowledged,
            RoundTrip = _delivery.ShortestRoundTrip,
            SmoothedRoundTrip = SmoothedRoundTrip,
            Now = now,
        };
        _window.OnAcknowledged(in feedback, mayGrow, before == RecoveryPhase.TimeoutRecovery);
        UpdatePacing(now);
    }

    private void UpdateTimers(in AcknowledgmentOutcome outcome, TimeSpan now)
    {
        if (Outstanding == 0)
        {
            Timer.Stop();
        }
        else if (outcome.Acknowledged > 0)
        {
            Timer.Restart(now);
        }

        if (outcome.Acknowledged > 0 || outcome.Sacked > 0)
        {
            ScheduleProbe(now);
        }
    }
}
