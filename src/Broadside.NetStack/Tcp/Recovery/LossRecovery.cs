using System.Diagnostics;
using Broadside.NetStack.Tcp.Congestion;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp.Recovery;

/// <summary>
/// Loss detection, congestion control and retransmission timing of a connection's sending half. It knows sequence numbers and time,
/// neither bytes nor packets. The connection tells what it sent, what was acknowledged and that a deadline has passed, and asks what may
/// be sent: first <see cref="TryGetRetransmission"/> until there is nothing more, then <see cref="NewDataAllowance"/>.
/// </summary>
internal sealed partial class LossRecovery
{
    private readonly RecoveryOptions _options;
    private readonly Scoreboard _scoreboard;
    private readonly RackDetector _rack;
    private readonly Delivery _delivery;
    private readonly TailLossProbe _probe;
    private readonly CongestionWindow _window;
    private ReorderingWindow _reordering;
    private ProportionalRateReduction _reduction;
    private ForwardRtoRecovery _forward;
    private SpuriousDetector _spurious;
    private DuplicateAcknowledgments _duplicates;
    private SackFilter _sackFilter;
    private Pacer _pacer;
    private RecoveryCounters _counters;
    private SequenceNumber _recoveryPoint;
    private SequenceNumber _reductionPoint;
    private TimeSpan _lastSentAt;
    private bool _sackPermitted;
    private bool _ecnCapable;
    private bool _isPaced;
    private bool _mustRetransmit;

    public LossRecovery(RecoveryOptions options)
    {
        _options = options;
        _scoreboard = new(options.MaximumRanges);
        _rack = new(options);
        _delivery = new(_rack);
        _probe = new(options);
        _window = new(options.InitialWindowSegments);
        Timer = new(options);
    }

    /// <summary>Serves the handshake before <see cref="Start"/>; what it measured there stays.</summary>
    public RetransmissionTimer Timer { get; }

    public RecoveryPhase Phase { get; private set; }

    public ref readonly RecoveryCounters Counters => ref _counters;

    public int SegmentSize => _window.SegmentSize;

    public int CongestionWindow => _window.Size;

    public int SlowStartThreshold => _window.SlowStartThreshold;

    /// <summary>SND.UNA.</summary>
    public SequenceNumber Unacknowledged => _scoreboard.Unacknowledged;

    /// <summary>SND.MAX.</summary>
    public SequenceNumber Next => _scoreboard.Next;

    /// <summary>FlightSize of RFC 5681: what is not acknowledged, wherever it is.</summary>
    public int Outstanding => _scoreboard.Outstanding;

    /// <summary>What is believed to be in the network: pipe of RFC 6675.</summary>
    public int BytesInFlight => _scoreboard.InFlightBytes - DuplicateBytes;

    public int LostBytes => _scoreboard.LostBytes;

    public int SackedBytes => _scoreboard.SackedBytes;

    public TimeSpan SmoothedRoundTrip => Timer.Estimator.Smoothed;

    public TimeSpan RetransmissionTimeout => Timer.Timeout;

    public int ConsecutiveTimeouts => Timer.ConsecutiveTimeouts;

    /// <summary>Whether the next new data is to carry CWR (RFC 3168 section 6.1.2).</summary>
    public bool MustSignalReduction { get; private set; }

    /// <summary>The soonest of the timers; the greatest value if none runs.</summary>
    public TimeSpan NextDeadline => Least(Timer.Deadline, Least(_probe.Deadline, _rack.Deadline));

    /// <summary>When pacing lets a whole segment of new data leave.</summary>
    public TimeSpan PacingDeadline => _isPaced ? _pacer.Deadline : TimeSpan.Zero;

    private int DuplicateBytes => _sackPermitted ? 0 : _duplicates.Bytes(SegmentSize, _scoreboard.InFlightBytes);

    /// <summary>The handshake is over. All is reset but what <see cref="Timer"/> has measured.</summary>
    public void Start(in RecoveryStart start, TimeSpan now)
    {
        Timer.OnEstablished(start.HandshakeTimedOut);
        _scoreboard.Start(start.Next, start.SegmentSize);
        _rack.Start(start.Next);
        _probe.Start();
        _window.Start(start.Algorithm, start.Next, start.SegmentSize, start.SlowStartThreshold, start.HandshakeTimedOut);
        _pacer.Start(start.SegmentSize, now);
        (_sackPermitted, _ecnCapable, _isPaced) = (start.SackPermitted, start.EcnCapable, start.IsPaced);
        (_reordering, _reduction, _forward, _spurious, _duplicates) = (ReorderingWindow.Initial, default, default, default, default);
        (_sackFilter, _counters, _mustRetransmit, MustSignalReduction) = (default, default, false, false);
        (Phase, _lastSentAt) = (RecoveryPhase.Open, now);

        // RFC 6582 section 3.2 starts with the number of the SYN, which comes before the data.
        _recoveryPoint = start.Next - 1;
        _reductionPoint = start.Next - 1;
        if (Timer.Estimator.HasSample)
        {
            _rack.OnRoundTrip(Timer.Estimator.Smoothed, now);
        }

        UpdatePacing(now);
    }

    /// <summary>Sequence numbers were sent, FIN's included; any number of segments at once.</summary>
    public void OnSent(SequenceNumber start, int length, SentKind kind, TimeSpan now)
    {
        var isNew = start == Next;
        Debug.Assert(length > 0 && (isNew || (start >= Unacknowledged && start + length <= Next)));
        Debug.Assert(kind == SentKind.Probe || isNew == (kind == SentKind.NewData));
        if (isNew)
        {
            OnSentNew(length, now);
        }
        else
        {
            OnSentAgain(start, length, kind, now);
        }

        _window.OnSent(BytesInFlight);
        _reduction.OnSent(length);
        _pacer.OnSent(length, now);
        _lastSentAt = now;
        Timer.StartIfStopped(now);
        if (kind == SentKind.Probe)
        {
            _counters.TailLossProbes++;
            _probe.OnSent(start + length, !isNew);
        }
        else if (isNew)
        {
            ScheduleProbe(now);
        }
    }

    /// <summary>The next lost bytes that may be sent again now: at most <paramref name="maximum"/>, but often less.</summary>
    public bool TryGetRetransmission(int maximum, out SequenceNumber start, out int length)
    {
        if (!_scoreboard.TryGetLost(maximum, out start, out length) || _forward.HoldsRetransmissions)
        {
            return false;
        }

        var allowance = Math.Max(_window.Size - BytesInFlight, _mustRetransmit ? SegmentSize : 0);
        if (allowance < length)
        {
            length = allowance / SegmentSize * SegmentSize;
        }

        return length > 0;
    }

    /// <summary>The last segment, to be sent again as a probe where there is no new data.</summary>
    public bool TryGetProbe(out SequenceNumber start, out int length)
    {
        length = Math.Min(SegmentSize, Outstanding);
        start = Next - length;
        return length > 0;
    }

    /// <summary>How much new data the congestion window, and pacing, permit; what was lost goes first.</summary>
    public int NewDataAllowance(TimeSpan now)
    {
        if (_scoreboard.IsFull)
        {
            return 0;
        }

        if (_forward.HoldsRetransmissions)
        {
            return _forward.Allowance;
        }

        if (_scoreboard.LostBytes > 0)
        {
            return 0;
        }

        if (_options.SlowStartAfterIdle && Outstanding == 0 && now - _lastSentAt > RetransmissionTimeout)
        {
            _window.OnIdle(now);
        }

        var allowance = Math.Max(0, _window.Size - BytesInFlight);
        return _isPaced ? Math.Min(allowance, _pacer.Allowance(now)) : allowance;
    }

    /// <summary>
    /// The path takes larger or only smaller segments. What was sent in too large ones is to be sent again, which says nothing of
    /// congestion (RFC 1191 section 6.4).
    /// </summary>
    public void OnSegmentSizeChanged(int segmentSize, TimeSpan now)
    {
        _window.OnSegmentSizeChanged(segmentSize);
        _scoreboard.OnSegmentSizeChanged(segmentSize);
        UpdatePacing(now);
        ScheduleProbe(now);
    }

    private void OnSentNew(int length, TimeSpan now)
    {
        _scoreboard.Append(length, now);
        _forward.OnSentNewData(length);
        MustSignalReduction = false;
    }

    private void OnSentAgain(SequenceNumber start, int length, SentKind kind, TimeSpan now)
    {
        _scoreboard.Retransmit(start, length, now);
        _counters.Retransmissions++;
        _counters.RetransmittedBytes += length;
        _mustRetransmit = false;
        if (kind == SentKind.Retransmission && Phase != RecoveryPhase.Open)
        {
            _spurious.OnRetransmitted(length, now);
        }

        if (start == Unacknowledged)
        {
            // RFC 6675 section 6: the timer gives the retransmission its time.
            Timer.Restart(now);
        }
    }

    private void ScheduleProbe(TimeSpan now)
    {
        var isEligible = _options.TailLossProbes && _sackPermitted && Phase == RecoveryPhase.Open && Outstanding > 0 && SackedBytes == 0 && LostBytes == 0;
        _probe.Schedule(isEligible, Outstanding <= SegmentSize, Timer, now);
    }

    private void UpdatePacing(TimeSpan now)
    {
        if (_isPaced)
        {
            _pacer.OnWindowChanged(_window.Size, _window.IsSlowStart, SmoothedRoundTrip, SegmentSize, now);
        }
    }

    private static TimeSpan Least(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
