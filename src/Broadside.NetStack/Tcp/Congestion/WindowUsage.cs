using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp.Congestion;

/// <summary>Whether the congestion window is what limits the sender; if not, it says nothing of the path and does not grow (RFC 7661, RFC 2861).</summary>
internal struct WindowUsage
{
    private SequenceNumber _roundEnd;
    private Round _current;
    private Round _last;

    public void Start(SequenceNumber next) => (_roundEnd, _current, _last) = (next, default, default);

    public void OnSent(int inFlight, int window, int segmentSize)
    {
        _current.Peak = Math.Max(_current.Peak, inFlight);
        _current.IsFilled |= window - inFlight < segmentSize;
    }

    public void OnAcknowledged(SequenceNumber number, SequenceNumber next)
    {
        if (number >= _roundEnd)
        {
            (_last, _current, _roundEnd) = (_current, default, next);
        }
    }

    /// <summary>It was filled within the last round trip. In slow start half is enough, as it doubles within one.</summary>
    public readonly bool IsLimiting(int window, bool isSlowStart) =>
        _current.IsFilled || _last.IsFilled || (isSlowStart && window < 2L * Math.Max(_current.Peak, _last.Peak));

    private struct Round
    {
        public int Peak;
        public bool IsFilled;
    }
}
