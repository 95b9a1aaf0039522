using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp.Congestion;

/// <summary>Whether the congestion window is what limits the sender; if not, it says nothing of the path and does not grow (RFC 7661, RFC 2861).</summary>
internal struct WindowUsage
{
    private SequenceNumber _roundEnd;
    private int _peak;
    private int _lastPeak;

    public void Start(SequenceNumber next) => (_roundEnd, _peak, _lastPeak) = (next, 0, 0);

    public void OnSent(int inFlight) => _peak = Math.Max(_peak, inFlight);

    public void OnAcknowledged(SequenceNumber number, SequenceNumber next, int inFlight)
    {
        if (number >= _roundEnd)
        {
            (_lastPeak, _peak, _roundEnd) = (_peak, inFlight, next);
        }
    }

    /// <summary>In slow start half of the window is enough, as it doubles within a round trip.</summary>
    public readonly bool IsLimiting(int window, int segmentSize, bool isSlowStart)
    {
        var peak = Math.Max(_peak, _lastPeak);
        return isSlowStart ? window < 2 * (long)peak : window < peak + segmentSize;
    }
}
