namespace Broadside.NetStack.Tcp.Recovery;

/// <summary>The smoothed round trip and the timeout that follows from it (RFC 6298 section 2).</summary>
internal sealed class RoundTripEstimator(RecoveryOptions options)
{
    private const double Alpha = 1.0 / 8;
    private const double Beta = 1.0 / 4;

    /// <summary>Section 2.4 rounds up to a second. Like Linux we do not: its minimum bounds the variation, which leaves room for delayed acknowledgments.</summary>
    private readonly TimeSpan _minimumVariation = options.MinimumTimeout;

    public bool HasSample { get; private set; }

    public TimeSpan Smoothed { get; private set; }

    public TimeSpan Variation { get; private set; }

    /// <summary>RTO, before any back-off.</summary>
    public TimeSpan Timeout { get; private set; } = options.InitialTimeout;

    public void Reset()
    {
        (HasSample, Smoothed, Variation) = (false, default, default);
        Timeout = options.InitialTimeout;
    }

    /// <summary>Section 5.7: where the handshake's timer expired and nothing could be measured, data starts with three seconds.</summary>
    public void OnHandshakeTimedOut()
    {
        if (!HasSample)
        {
            Timeout = TimeSpan.FromTicks(Math.Max(Timeout.Ticks, RecoveryOptions.TimeoutAfterLostHandshake.Ticks));
        }
    }

    /// <summary>
    /// Takes a measurement, never one of an ambiguous retransmission (section 3, Karn's algorithm). Where each acknowledgment gives one,
    /// <paramref name="expectedSamples"/> a round trip, each weighs less (RFC 7323 appendix G).
    /// </summary>
    public void OnSample(TimeSpan sample, int expectedSamples = 1)
    {
        if (!HasSample)
        {
            HasSample = true;
            Smoothed = sample;
            Variation = sample / 2;
        }
        else
        {
            Variation += (Beta / expectedSamples) * ((Smoothed - sample).Duration() - Variation);
            Smoothed += (Alpha / expectedSamples) * (sample - Smoothed);
        }

        var variation = Math.Max(4 * Variation.Ticks, Math.Max(options.ClockGranularity.Ticks, _minimumVariation.Ticks));
        Timeout = TimeSpan.FromTicks(Math.Min(Smoothed.Ticks + variation, options.MaximumTimeout.Ticks));
    }
}
