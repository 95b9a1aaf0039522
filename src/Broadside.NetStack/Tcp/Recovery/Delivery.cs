using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp.Recovery;

/// <summary>What one acknowledgment says has arrived.</summary>
internal sealed class Delivery(RackDetector rack)
{
    private TimeSpan _now;
    private TimeSpan? _echoedAt;
    private SequenceNumber _limit;

    /// <summary>Newly acknowledged, one way or the other: DeliveredData of RFC 9937.</summary>
    public int Bytes { get; private set; }

    public int SackedBytes { get; private set; }

    /// <summary>The longest round trip of what was sent once only: it has waited for a delayed acknowledgment.</summary>
    public TimeSpan? LongestRoundTrip { get; private set; }

    /// <summary>The shortest: it is that of the network.</summary>
    public TimeSpan? ShortestRoundTrip { get; private set; }

    /// <summary>Whether something sent once only was delivered, of what had been sent when the recovery under way began (RFC 5682 step 3).</summary>
    public bool HasOriginal { get; private set; }

    public void Reset(SequenceNumber recoveryPoint, TimeSpan? echoedAt, TimeSpan now)
    {
        (_limit, _echoedAt, _now, HasOriginal) = (recoveryPoint, echoedAt, now, false);
        (Bytes, SackedBytes) = (0, 0);
        (LongestRoundTrip, ShortestRoundTrip) = (null, null);
    }

    public void OnAcknowledged(in SentRange range)
    {
        if (range.State != RangeState.Sacked)
        {
            OnDelivered(in range);
        }
    }

    public void OnSacked(in SentRange range)
    {
        SackedBytes += range.Length;
        OnDelivered(in range);
    }

    private void OnDelivered(in SentRange range)
    {
        Bytes += range.Length;
        rack.OnDelivered(in range, _echoedAt, _now);
        if (!range.IsRetransmitted)
        {
            HasOriginal |= range.End <= _limit;
            var roundTrip = _now - range.SentAt;
            LongestRoundTrip = LongestRoundTrip is { } longest && longest > roundTrip ? longest : roundTrip;
            ShortestRoundTrip = ShortestRoundTrip is { } shortest && shortest < roundTrip ? shortest : roundTrip;
        }
    }
}
