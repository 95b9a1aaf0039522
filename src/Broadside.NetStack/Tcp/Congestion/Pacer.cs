namespace Broadside.NetStack.Tcp.Congestion;

/// <summary>
/// Spreads a window over its round trip: a bucket of bytes that fills at a rate. In slow start the rate allows the window to double
/// within the round trip, afterwards it keeps a little ahead of the window.
/// </summary>
internal struct Pacer
{
    private const double SlowStartGain = 2;
    private const double AvoidanceGain = 1.2;
    private const int BurstSegments = 10;

    private static readonly TimeSpan BurstTime = TimeSpan.FromMilliseconds(1);

    private double _bucket;
    private TimeSpan _filledAt;
    private int _segmentSize;

    /// <summary>Bytes a second; infinite until a round trip is known.</summary>
    public double Rate { get; private set; }

    public void Start(int segmentSize, TimeSpan now)
    {
        Rate = double.PositiveInfinity;
        (_segmentSize, _filledAt) = (segmentSize, now);
        _bucket = BurstSegments * segmentSize;
    }

    public void OnWindowChanged(int window, bool isSlowStart, TimeSpan smoothedRoundTrip, int segmentSize, TimeSpan now)
    {
        Fill(now);
        _segmentSize = segmentSize;
        Rate = smoothedRoundTrip > TimeSpan.Zero
            ? (isSlowStart ? SlowStartGain : AvoidanceGain) * window / smoothedRoundTrip.TotalSeconds
            : double.PositiveInfinity;
    }

    public void OnSent(int length, TimeSpan now)
    {
        Fill(now);
        _bucket -= length;
    }

    /// <summary>How much may leave now: nothing less than a segment, which would only make small ones.</summary>
    public int Allowance(TimeSpan now)
    {
        Fill(now);
        return double.IsPositiveInfinity(Rate) ? int.MaxValue : _bucket >= _segmentSize ? (int)_bucket : 0;
    }

    /// <summary>When a whole segment may leave, rounded up so that it then can.</summary>
    public readonly TimeSpan Deadline =>
        double.IsPositiveInfinity(Rate) || _bucket >= _segmentSize
            ? TimeSpan.Zero
            : _filledAt + TimeSpan.FromTicks((long)((_segmentSize - _bucket) / Rate * TimeSpan.TicksPerSecond) + 2);

    private void Fill(TimeSpan now)
    {
        var capacity = Math.Max(BurstSegments * _segmentSize, double.IsPositiveInfinity(Rate) ? 0 : Rate * BurstTime.TotalSeconds);
        _bucket = double.IsPositiveInfinity(Rate) ? capacity : Math.Min(capacity, _bucket + (Rate * (now - _filledAt).TotalSeconds));
        _filledAt = now;
    }
}
