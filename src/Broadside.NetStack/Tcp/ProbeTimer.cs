namespace Broadside.NetStack.Tcp;

/// <summary>
/// Asks a peer whose window does not let data through whether it has opened: a lost update would else stop the connection for ever
/// (RFC 9293 section 3.8.6.1). The interval doubles.
/// </summary>
internal struct ProbeTimer
{
    private static readonly TimeSpan MaximumInterval = TimeSpan.FromSeconds(60);

    public ProbeTimer() => Stop();

    public TimeSpan Deadline { get; private set; }

    /// <summary>How many probes were sent since the peer answered last.</summary>
    public int Unanswered { get; private set; }

    /// <summary>How many were sent since the window closed, which sets the interval.</summary>
    public int Sent { get; private set; }

    public readonly bool IsRunning => Deadline != TimeSpan.MaxValue;

    public void Start(TimeSpan timeout, TimeSpan now)
    {
        if (!IsRunning)
        {
            Deadline = now + timeout;
        }
    }

    public void OnSent(TimeSpan timeout, TimeSpan now)
    {
        Sent++;
        Unanswered++;
        var interval = TimeSpan.FromTicks(timeout.Ticks << Math.Min(Sent, 10));
        Deadline = now + (interval < MaximumInterval ? interval : MaximumInterval);
    }

    public void OnAnswered() => Unanswered = 0;

    public void Stop()
    {
        Deadline = TimeSpan.MaxValue;
        Unanswered = 0;
        Sent = 0;
    }
}
