namespace Broadside.NetStack.Tcp.Recovery;

/// <summary>What one acknowledgment says has arrived.</summary>
internal sealed class Delivery(RackDetector rack)
{
    private TimeSpan _now;
    private TimeSpan? _echoedAt;

    /// <summary>Newly acknowledged, one way or the other: DeliveredData of RFC 9937.</summary>
    public int Bytes { get; private set; }

    public int SackedBytes { get; private set; }

    /// <summary>The longest round trip of what was sent once only: it has waited for a delayed acknowledgment.</summary>
    public TimeSpan? LongestRoundTrip { get; private set; }

    /// <summary>The shortest: it is that of the network.</summary>
    public TimeSpan? ShortestRoundTrip { get; private set; }

    /// <summary>Whether something sent more than once was acknowledged cumulatively.</summary>
    public bool HasRetransmitted { get; private set; }

    public void Reset(TimeSpan now, TimeSpan? echoedAt)
    {
        (_now, _echoedAt) = (now, echoedAt);
        (Bytes, SackedBytes, HasRetransmitted) = (0, 0, false);
        (LongestRoundTrip, ShortestRoundTrip) = (null, null);
    }

    public void OnAcknowledged(in SentRange range)
    {
        HasRetransmitted |= range.IsRetransmitted;
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
            var roundTrip = _now - range.SentAt;
            LongestRoundTrip = LongestRoundTrip is { } longest && longest > roundTrip ? longest : roundTrip;
            ShortestRoundTrip = ShortestRoundTrip is { } shortest && shortest < roundTrip ? shortest : roundTrip;
        }
    }
}
