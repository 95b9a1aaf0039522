namespace Broadside.NetStack.Tcp.Recovery;

/// <summary>
/// The retransmission timer (RFC 6298 section 5). It also serves the handshake, before there is anything else to recover; what it has
/// learnt then stays for the data.
/// </summary>
internal sealed class RetransmissionTimer(RecoveryOptions options)
{
    private int _backOff;

    public RoundTripEstimator Estimator { get; } = new(options);

    public TimeSpan Deadline { get; private set; } = TimeSpan.MaxValue;

    public bool IsRunning => Deadline != TimeSpan.MaxValue;

    /// <summary>How often it expired since something was acknowledged.</summary>
    public int ConsecutiveTimeouts { get; private set; }

    /// <summary>RTO with its back-off.</summary>
    public TimeSpan Timeout => TimeSpan.FromTicks(Math.Min(Estimator.Timeout.Ticks << _backOff, options.MaximumTimeout.Ticks));

    public void Reset()
    {
        Estimator.Reset();
        Stop();
        (_backOff, ConsecutiveTimeouts) = (0, 0);
    }

    /// <summary>Section 5.1: runs whenever something is outstanding.</summary>
    public void StartIfStopped(TimeSpan now)
    {
        if (!IsRunning)
        {
            Restart(now);
        }
    }

    /// <summary>Section 5.3 on progress, 5.6 after a retransmission.</summary>
    public void Restart(TimeSpan now) => Deadline = now + Timeout;

    /// <summary>Section 5.2: all is acknowledged.</summary>
    public void Stop() => Deadline = TimeSpan.MaxValue;

    /// <summary>Sections 5.5 and 5.6: twice as long from now on.</summary>
    public void OnExpired(TimeSpan now)
    {
        ConsecutiveTimeouts++;
        if (Timeout < options.MaximumTimeout)
        {
            _backOff++;
        }

        Restart(now);
    }

    /// <summary>A measurement ends the back-off (section 5, last note); an acknowledgment that allows none does not (Karn's algorithm).</summary>
    public void OnSample(TimeSpan sample, int expectedSamples = 1)
    {
        Estimator.OnSample(sample, expectedSamples);
        _backOff = 0;
    }

    public void OnProgress() => ConsecutiveTimeouts = 0;

    /// <summary>The handshake is over: its back-off does not burden the data, its loss does (section 5.7).</summary>
    public void OnEstablished(bool handshakeTimedOut)
    {
        Stop();
        (_backOff, ConsecutiveTimeouts) = (0, 0);
        if (handshakeTimedOut)
        {
            Estimator.OnHandshakeTimedOut();
        }
    }
}
