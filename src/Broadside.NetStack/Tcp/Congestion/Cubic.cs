namespace Broadside.NetStack.Tcp.Congestion;

/// <summary>CUBIC (RFC 9438): in congestion avoidance the window is a cubic function of the time since the last reduction. Windows are in segments.</summary>
internal sealed class Cubic : ICongestionControl
{
    /// <summary>Section 4.6: what remains after congestion.</summary>
    public const double Beta = 0.7;

    /// <summary>Section 5.1: how aggressive it is where round trips are long.</summary>
    public const double C = 0.4;

    private const double RenoFriendlyAlpha = 3 * (1 - Beta) / (1 + Beta);

    private int _segmentSize;
    private State _state;
    private State _saved;

    public void Start(int segmentSize)
    {
        _segmentSize = segmentSize;
        _state = default;
        _saved = default;
    }

    public int Increase(int window, int acknowledged, TimeSpan roundTrip, TimeSpan now)
    {
        var segments = (double)window / _segmentSize;
        if (!_state.HasEpoch)
        {
            StartEpoch(segments, now);
        }

        ResumeEpoch(now);
        var acknowledgedSegments = (double)acknowledged / _segmentSize;
        _state.RenoEstimate += Alpha * acknowledgedSegments / segments;
        var elapsed = (now - _state.EpochStart).TotalSeconds;
        if (WindowAt(elapsed) < _state.RenoEstimate)
        {
            // Section 4.3, the Reno-friendly region.
            return Math.Max(window, (int)(_state.RenoEstimate * _segmentSize));
        }

        // Sections 4.4 and 4.5, concave and convex: on the way to where the function will be a round trip from now.
        var target = Math.Clamp(WindowAt(elapsed + roundTrip.TotalSeconds), segments, 1.5 * segments);
        _state.Fraction += (target - segments) / segments * acknowledgedSegments * _segmentSize;
        var whole = (int)Math.Min(_state.Fraction, Math.Ceiling((target - segments) * _segmentSize));
        _state.Fraction -= Math.Floor(_state.Fraction);
        return window + whole;
    }

    public int Reduce(int window, int flight)
    {
        var segments = (double)window / _segmentSize;

        // Section 4.7, fast convergence: a flow that has less than before makes room.
        _state.MaximumWindow = segments < _state.MaximumWindow ? segments * (1 + Beta) / 2 : segments;
        _state.WindowBefore = segments;
        _state.HasEpoch = false;
        _state.IsAfterLoss = true;
        return Math.Max((int)Math.Round(flight * Beta), 2 * _segmentSize);
    }

    /// <summary>Section 4.8: the first congestion avoidance afterwards starts from the window it finds.</summary>
    public int ReduceOnTimeout(int window, int flight)
    {
        var threshold = Reduce(window, flight);
        _state.IsAfterLoss = false;
        return threshold;
    }

    /// <summary>Section 5.8: the clock of the function stands still.</summary>
    public void OnNotLimited(TimeSpan now) => _state.PausedAt ??= now;

    public void OnSegmentSizeChanged(int segmentSize)
    {
        var scale = (double)_segmentSize / segmentSize;
        _state.Scale(scale);
        _saved.Scale(scale);
        _segmentSize = segmentSize;
    }

    public void Save() => _saved = _state;

    /// <summary>Section 4.9.</summary>
    public void Restore() => _state = _saved;

    private double Alpha => _state.RenoEstimate < _state.WindowBefore ? RenoFriendlyAlpha : 1;

    private void StartEpoch(double segments, TimeSpan now)
    {
        _state.HasEpoch = true;
        _state.EpochStart = now;
        _state.PausedAt = null;
        _state.RenoEstimate = segments;
        _state.Fraction = 0;
        if (_state.IsAfterLoss && segments < _state.MaximumWindow)
        {
            // Section 4.2, figure 2.
            _state.K = Math.Cbrt((_state.MaximumWindow - segments) / C);
        }
        else
        {
            // Sections 4.8 and 4.10: after a timeout, or a slow start that ended without loss.
            _state.K = 0;
            _state.MaximumWindow = segments;
        }
    }

    private void ResumeEpoch(TimeSpan now)
    {
        if (_state.PausedAt is { } pausedAt)
        {
            _state.EpochStart += now - pausedAt;
            _state.PausedAt = null;
        }
    }

    /// <summary>Section 4.2, figure 1.</summary>
    private double WindowAt(double elapsed) => (C * Math.Pow(elapsed - _state.K, 3)) + _state.MaximumWindow;

    private struct State
    {
        public bool HasEpoch;
        public bool IsAfterLoss;
        public TimeSpan EpochStart;
        public TimeSpan? PausedAt;
        public double K;
        public double MaximumWindow;
        public double RenoEstimate;

        /// <summary>cwnd_prior.</summary>
        public double WindowBefore;

        /// <summary>Bytes still to be added once they make a whole one.</summary>
        public double Fraction;

        public void Scale(double scale)
        {
            MaximumWindow *= scale;
            RenoEstimate *= scale;
            WindowBefore *= scale;
            K *= Math.Cbrt(scale);
        }
    }
}
