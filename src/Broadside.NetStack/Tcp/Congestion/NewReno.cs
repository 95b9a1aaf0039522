namespace Broadside.NetStack.Tcp.Congestion;

/// <summary>Congestion avoidance of RFC 5681 section 3.1: a segment each round trip, counted in bytes (RFC 3465 section 2.1); half after a loss.</summary>
internal sealed class NewReno : ICongestionControl
{
    private int _segmentSize;
    private int _acknowledged;

    public void Start(int segmentSize) => (_segmentSize, _acknowledged) = (segmentSize, 0);

    public int Increase(int window, int acknowledged, TimeSpan roundTrip, TimeSpan now)
    {
        _acknowledged += acknowledged;
        if (_acknowledged < window)
        {
            return window;
        }

        // RFC 3465 section 2.1: at most one segment, however much was counted.
        _acknowledged = Math.Min(_acknowledged - window, window);
        return window + _segmentSize;
    }

    /// <summary>Equation 4.</summary>
    public int Reduce(int window, int flight)
    {
        _acknowledged = 0;
        return Math.Max(flight / 2, 2 * _segmentSize);
    }

    public int ReduceOnTimeout(int window, int flight) => Reduce(window, flight);

    public void OnNotLimited(TimeSpan now)
    {
    }

    public void OnSegmentSizeChanged(int segmentSize) => _segmentSize = segmentSize;

    public void Save()
    {
    }

    public void Restore()
    {
    }
}
