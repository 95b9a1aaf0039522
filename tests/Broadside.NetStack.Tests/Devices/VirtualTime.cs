namespace Broadside.NetStack.Tests.Devices;

/// <summary>A clock that only a test moves; its timestamps are nanoseconds.</summary>
internal sealed class VirtualTime : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public long Now { get; private set; }

    public override long TimestampFrequency => 1_000_000_000;

    public override long GetTimestamp() => Now;

    public override DateTimeOffset GetUtcNow() => Start + TimeSpan.FromTicks(Now / 100);

    public void MoveTo(long timestamp)
    {
        Assert.True(timestamp >= Now, "Time does not go back.");
        Now = timestamp;
    }

    public void Advance(TimeSpan time) => Now += time.Ticks * 100;
}
