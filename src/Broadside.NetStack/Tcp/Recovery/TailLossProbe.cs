using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp.Recovery;

/// <summary>A segment sent so that the loss of the last ones is noticed before the retransmission timer expires (RFC 8985 section 7).</summary>
internal sealed class TailLossProbe(RecoveryOptions options)
{
    private static readonly TimeSpan TimeoutWithoutSample = TimeSpan.FromSeconds(1);

    private SequenceNumber _end;
    private bool _isOutstanding;
    private bool _isRetransmission;
    private bool _hasSampleSince;

    public TimeSpan Deadline { get; private set; } = TimeSpan.MaxValue;

    public void Start()
    {
        (_end, _isOutstanding, _isRetransmission, _hasSampleSince) = (default, false, false, true);
        Cancel();
    }

    public void OnRoundTrip() => _hasSampleSince = true;

    public void Cancel() => Deadline = TimeSpan.MaxValue;

    /// <summary>Section 7.2: <paramref name="isEligible"/> unless recovering or something is selectively acknowledged.</summary>
    public void Schedule(bool isEligible, bool isSingleSegment, RetransmissionTimer timer, TimeSpan now)
    {
        Cancel();
        if (isEligible && !_isOutstanding && _hasSampleSince)
        {
            var deadline = now + Timeout(timer.Estimator, isSingleSegment);
            Deadline = deadline < timer.Deadline ? deadline : timer.Deadline;
        }
    }

    /// <summary>Section 7.3.</summary>
    public void OnSent(SequenceNumber end, bool isRetransmission)
    {
        (_end, _isRetransmission, _isOutstanding, _hasSampleSince) = (end, isRetransmission, true, false);
        Cancel();
    }

    /// <summary>Section 7.4: true if the probe has repaired a loss, which then calls for less.</summary>
    public bool OnAcknowledged(SequenceNumber number, bool isDuplicateWithoutSack, SackBlock? duplicateSack)
    {
        if (!_isOutstanding || number < _end)
        {
            return false;
        }

        if (!_isRetransmission || duplicateSack?.RightEdge == _end || isDuplicateWithoutSack)
        {
            _isOutstanding = false;
        }
        else if (number > _end)
        {
            _isOutstanding = false;
            return true;
        }

        return false;
    }

    /// <summary>A recovery in between makes what follows ambiguous.</summary>
    public void Abandon()
    {
        _isOutstanding = false;
        Cancel();
    }

    private TimeSpan Timeout(RoundTripEstimator estimator, bool isSingleSegment) =>
        !estimator.HasSample ? TimeoutWithoutSample
        : isSingleSegment ? (2 * estimator.Smoothed) + options.MaximumAcknowledgmentDelay
        : 2 * estimator.Smoothed;
}
