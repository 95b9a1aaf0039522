namespace Broadside.NetStack.Tcp;

/// <summary>The clock of timestamps: one millisecond, within what RFC 7323 section 5.4 allows.</summary>
internal static class TcpClock
{
    public static uint Timestamp(TimeSpan time) => (uint)(time.Ticks / TimeSpan.TicksPerMillisecond);

    /// <summary>When a timestamp was sent that came back: the last time at which the clock showed it.</summary>
    public static TimeSpan SentAt(uint timestamp, uint offset, TimeSpan now)
    {
        var age = (int)(Timestamp(now) + offset - timestamp);
        return TimeSpan.FromTicks(now.Ticks - (now.Ticks % TimeSpan.TicksPerMillisecond)) - TimeSpan.FromMilliseconds(age);
    }
}
