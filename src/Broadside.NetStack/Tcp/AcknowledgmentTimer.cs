namespace Broadside.NetStack.Tcp;

/// <summary>
/// When what was received is acknowledged: at the second full segment, or when the delay is over (RFC 9293 section 3.8.6.3, RFC 5681
/// section 4.2). The first segments of a connection are acknowledged at once, so that the peer's slow start is not held up.
/// </summary>
internal struct AcknowledgmentTimer
{
    private const int QuickSegments = 16;

    private int _quick;
    private int _unacknowledged;

    /// <summary>Whether the first segments, and those after a pause, are acknowledged at once.</summary>
    public bool IsQuick { get; set; }

    /// <summary>When an acknowledgment that waits for company leaves alone.</summary>
    public TimeSpan Deadline { get; private set; }

    /// <summary>Whether one is to leave now.</summary>
    public bool IsDue { get; private set; }

    /// <summary>Whether one is owed at all.</summary>
    public readonly bool IsPending => IsDue || Deadline != TimeSpan.MaxValue;

    /// <summary>The largest payload seen: what the peer's full segments are taken to hold.</summary>
    public int SegmentSize { get; private set; }

    public void Start(int segmentSize, bool isQuick)
    {
        IsQuick = isQuick;
        OnIdle();
        SegmentSize = segmentSize;
        OnSent();
    }

    /// <summary>Data came in order.</summary>
    public void OnReceived(int length, int joinedSegmentSize, TimeSpan delay, TimeSpan now)
    {
        var size = joinedSegmentSize > 0 ? joinedSegmentSize : length;
        SegmentSize = Math.Max(SegmentSize, size);
        _unacknowledged += length;
        if (_quick > 0 && IsQuick)
        {
            _quick--;
            Demand();
        }
        else if (_unacknowledged >= 2 * SegmentSize)
        {
            Demand();
        }
        else if (!IsPending)
        {
            Deadline = now + delay;
        }
    }

    /// <summary>One is to leave now. If the device has no room it waits for that, and not for a time that has passed.</summary>
    public void Demand()
    {
        IsDue = true;
        Deadline = TimeSpan.MaxValue;
    }

    /// <summary>An acknowledgment left, alone or with data.</summary>
    public void OnSent()
    {
        _unacknowledged = 0;
        IsDue = false;
        Deadline = TimeSpan.MaxValue;
    }

    /// <summary>The peer begins a new burst after a pause: its congestion window is small again.</summary>
    public void OnIdle() => _quick = QuickSegments;
}
