using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp.Recovery;

/// <summary>
/// Recent acknowledgment (RFC 8985 section 6): what was sent before something that has arrived, longer ago than a round trip and a
/// window for reordering, is lost.
/// </summary>
internal sealed class RackDetector(RecoveryOptions options)
{
    private TimeSpan _sentAt;
    private SequenceNumber _end;
    private TimeSpan _roundTrip;
    private SequenceNumber _forwardAcknowledgment;
    private bool _hasDelivered;

    public MinimumRoundTrip MinimumRoundTrip { get; private set; } = MinimumRoundTrip.None;

    public bool HasSeenReordering { get; private set; }

    /// <summary>When what is waited for will count as lost.</summary>
    public TimeSpan Deadline { get; private set; } = TimeSpan.MaxValue;

    public void Start(SequenceNumber next)
    {
        (_sentAt, _end, _roundTrip, _forwardAcknowledgment, _hasDelivered) = (default, next, default, next, false);
        (MinimumRoundTrip, HasSeenReordering, Deadline) = (MinimumRoundTrip.None, false, TimeSpan.MaxValue);
    }

    public void OnRoundTrip(TimeSpan sample, TimeSpan now)
    {
        var minimum = MinimumRoundTrip;
        minimum.OnSample(sample, now);
        MinimumRoundTrip = minimum;
    }

    /// <summary>Steps 1 to 3.</summary>
    public void OnDelivered(in SentRange range, TimeSpan? echoedAt, TimeSpan now)
    {
        DetectReordering(in range);
        var roundTrip = now - range.SentAt;
        if (range.IsRetransmitted && IsAmbiguous(in range, roundTrip, echoedAt))
        {
            return;
        }

        if (!range.IsRetransmitted)
        {
            OnRoundTrip(roundTrip, now);
        }

        if (!_hasDelivered || IsSentAfter(range.SentAt, range.End, _sentAt, _end))
        {
            (_sentAt, _end, _roundTrip, _hasDelivered) = (range.SentAt, range.End, roundTrip, true);
        }
    }

    /// <summary>Step 5: marks what is lost, and sets the deadline for what may be. Returns how much was lost.</summary>
    public int DetectLosses(Scoreboard scoreboard, TimeSpan window, TimeSpan now)
    {
        Deadline = TimeSpan.MaxValue;
        if (!_hasDelivered)
        {
            return 0;
        }

        var before = scoreboard.LostBytes;
        for (var index = scoreboard.OldestInFlight; index != Scoreboard.None && scoreboard[index].SentAt <= _sentAt;)
        {
            ref readonly var range = ref scoreboard[index];
            var next = scoreboard.NextInFlight(index);
            if (IsSentAfter(_sentAt, _end, range.SentAt, range.End))
            {
                var due = range.SentAt + _roundTrip + window;
                if (due <= now)
                {
                    scoreboard.MarkLost(index);
                }
                else
                {
                    // One timer for all: the last one's.
                    Deadline = Deadline == TimeSpan.MaxValue || due > Deadline ? due : Deadline;
                }
            }

            index = next;
        }

        return scoreboard.LostBytes - before;
    }

    /// <summary>Section 6.3: on a retransmission timeout the first segment is lost, and whatever had its time.</summary>
    public void DetectLossesOnTimeout(Scoreboard scoreboard, TimeSpan window, TimeSpan now)
    {
        Deadline = TimeSpan.MaxValue;
        scoreboard.MarkFirstSegmentLost();
        while (scoreboard.OldestInFlight is var index and not Scoreboard.None && scoreboard[index].SentAt + _roundTrip + window <= now)
        {
            scoreboard.MarkLost(index);
        }
    }

    /// <summary>Step 2: it may as well be the first transmission that has arrived.</summary>
    private bool IsAmbiguous(in SentRange range, TimeSpan roundTrip, TimeSpan? echoedAt) =>
        echoedAt <= range.SentAt - options.ClockGranularity || (MinimumRoundTrip.HasValue && roundTrip < MinimumRoundTrip.Value);

    private static bool IsSentAfter(TimeSpan time, SequenceNumber end, TimeSpan otherTime, SequenceNumber otherEnd) =>
        time > otherTime || (time == otherTime && end > otherEnd);

    private void DetectReordering(in SentRange range)
    {
        if (range.End > _forwardAcknowledgment)
        {
            _forwardAcknowledgment = range.End;
        }
        else if (range.End < _forwardAcknowledgment && !range.IsRetransmitted)
        {
            HasSeenReordering = true;
        }
    }
}
