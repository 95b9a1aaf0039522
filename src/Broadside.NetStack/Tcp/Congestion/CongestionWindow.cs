using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp.Congestion;

/// <summary>
/// The congestion window and slow start threshold (RFC 5681 section 3). Slow start is the same for all algorithms; congestion avoidance
/// is theirs.
/// </summary>
internal sealed class CongestionWindow
{
    private const int InitialSegments = 10;

    private readonly int? _initialSegments;

    private readonly NewReno _newReno = new();
    private readonly Cubic _cubic = new();
    private ICongestionControl _algorithm;
    private HyStartPlusPlus _hyStart;
    private WindowUsage _usage;
    private (int Size, int SlowStartThreshold) _saved;

    /// <param name="initialSegments">With how many segments to begin; null for what RFC 6928 names.</param>
    public CongestionWindow(int? initialSegments = null)
    {
        _initialSegments = initialSegments;
        _algorithm = _cubic;
    }

    /// <summary>cwnd.</summary>
    public int Size { get; private set; }

    public int SlowStartThreshold { get; private set; }

    public int SegmentSize { get; private set; }

    public bool IsSlowStart => Size < SlowStartThreshold;

    private bool IsInitialSlowStart => SlowStartThreshold == int.MaxValue;

    /// <summary>RFC 6928 section 2.</summary>
    private int InitialWindow => _initialSegments is { } segments
        ? segments * SegmentSize
        : Math.Min(InitialSegments * SegmentSize, Math.Max(2 * SegmentSize, 14_600));

    public void Start(CongestionAlgorithm algorithm, SequenceNumber next, int segmentSize, int? slowStartThreshold, bool handshakeTimedOut)
    {
        _algorithm = algorithm == CongestionAlgorithm.Cubic ? _cubic : _newReno;
        _algorithm.Start(segmentSize);
        _hyStart.Start(next);
        _usage.Start(next);
        SegmentSize = segmentSize;
        SlowStartThreshold = slowStartThreshold ?? int.MaxValue;

        // RFC 5681 section 3.1: one segment where the handshake's were lost.
        Size = handshakeTimedOut ? segmentSize : InitialWindow;
        Save();
    }

    public void OnSent(int inFlight) => _usage.OnSent(inFlight, Size, SegmentSize);

    /// <summary><paramref name="mayGrow"/>: nothing speaks of congestion. <paramref name="isRecovering"/>: from a timeout.</summary>
    public void OnAcknowledged(in WindowFeedback feedback, bool mayGrow, bool isRecovering)
    {
        if (IsInitialSlowStart)
        {
            _hyStart.OnAcknowledged(feedback.Number, feedback.Next, feedback.RoundTrip);
        }

        if (mayGrow && feedback.Acknowledged > 0)
        {
            if (!_usage.IsLimiting(Size, IsSlowStart))
            {
                _algorithm.OnNotLimited(feedback.Now);
            }
            else if (IsSlowStart)
            {
                GrowInSlowStart(feedback.Acknowledged, isRecovering);
            }
            else
            {
                Size = _algorithm.Increase(Size, feedback.Acknowledged, feedback.SmoothedRoundTrip, feedback.Now);
            }
        }

        _usage.OnAcknowledged(feedback.Number, feedback.Next);
    }

    /// <summary>In fast recovery, how much may be in flight is found out anew with each acknowledgment (RFC 9937).</summary>
    public void SetForRecovery(int size) => Size = Math.Max(size, SegmentSize);

    /// <summary>RFC 5681 section 3.2 step 2. The window itself follows in the course of fast recovery.</summary>
    public void OnLoss(int flight) => SlowStartThreshold = _algorithm.Reduce(Size, Math.Min(Size, flight));

    /// <summary>The end of fast recovery (RFC 9937 section 6.2).</summary>
    public void OnRecovered() => Size = SlowStartThreshold;

    /// <summary>RFC 3168 section 6.1.2: a mark counts as a loss does, and a tail loss that a probe repaired as well (RFC 8985 section 7.4).</summary>
    public void OnCongestion(int flight)
    {
        OnLoss(flight);
        Size = Math.Min(Size, SlowStartThreshold);
    }

    /// <summary>RFC 5681 section 3.1, equation 4 and the loss window. When the same segment times out again, the threshold stays.</summary>
    public void OnTimeout(int flight, bool isRepeated)
    {
        if (!isRepeated)
        {
            SlowStartThreshold = _algorithm.ReduceOnTimeout(Size, Math.Min(Size, flight));
        }

        Size = SegmentSize;
    }

    /// <summary>RFC 5681 section 4.1: after an idle retransmission timeout the restart window.</summary>
    public void OnIdle(TimeSpan now)
    {
        Size = Math.Min(Size, InitialWindow);
        _algorithm.OnNotLimited(now);
    }

    /// <summary>The window stays as large in bytes (RFC 8201 section 5.1 asks nothing else).</summary>
    public void OnSegmentSizeChanged(int segmentSize)
    {
        SegmentSize = segmentSize;
        Size = Math.Max(Size, segmentSize);
        _algorithm.OnSegmentSizeChanged(segmentSize);
    }

    /// <summary>Remembers the state before a reduction.</summary>
    public void Save()
    {
        _saved = (Size, SlowStartThreshold);
        _algorithm.Save();
    }

    /// <summary>The reduction was spurious (RFC 9438 section 4.9, RFC 4015 section 5).</summary>
    public void Restore()
    {
        Size = Math.Max(Size, _saved.Size);
        SlowStartThreshold = Math.Max(SlowStartThreshold, _saved.SlowStartThreshold);
        _algorithm.Restore();
    }

    private void GrowInSlowStart(int acknowledged, bool isRecovering)
    {
        // RFC 3465 section 2.3: after a timeout one segment, as an acknowledgment may cover what arrived before it. Otherwise all that was
        // acknowledged counts, as in Linux: the limits of RFC 3465 section 2.2 and RFC 9406 section 4.2 presume an acknowledgment for
        // every other segment, but receivers that take in bursts (this one too) send one for each burst.
        var growth = isRecovering ? Math.Min(acknowledged, SegmentSize) : acknowledged;
        Size = (int)Math.Min((long)Size + (IsInitialSlowStart ? _hyStart.Growth(growth) : growth), SlowStartThreshold);
        if (IsInitialSlowStart && _hyStart.IsDone)
        {
            SlowStartThreshold = Size;
        }
    }
}
