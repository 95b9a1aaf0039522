namespace Broadside.NetStack.Simulation;

/// <summary>A clock that only the simulation moves; its timestamps are ticks of <see cref="TimeSpan"/>.</summary>
internal sealed class VirtualClock : TimeProvider
{
    /// <summary>The time; it does not begin at zero, as no real one does.</summary>
    public TimeSpan Now { get; private set; } = TimeSpan.FromSeconds(1000);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Now.Ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Now;

    public void MoveTo(TimeSpan time)
    {
        if (time > Now)
        {
            Now = time;
        }
    }
}
