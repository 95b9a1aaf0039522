using Broadside.NetStack.Tcp;

namespace Broadside.NetStack.Tests.Tcp;

public sealed class AcknowledgmentTimerTests
{
    private const int SegmentSize = 1000;

    private static readonly TimeSpan Start = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(40);

    [Fact]
    public void An_acknowledgment_waits_for_a_second_full_segment_or_its_delay()
    {
        var timer = Warm();
        timer.OnReceived(SegmentSize, 0, Delay, Start);
        Assert.False(timer.IsDue);
        Assert.Equal(Start + Delay, timer.Deadline);
        timer.OnReceived(SegmentSize, 0, Delay, Start);
        Assert.True(timer.IsDue);
    }

    /// <summary>A deadline that has passed and stays would be due again and again until the device has room.</summary>
    [Fact]
    public void One_that_is_due_has_no_deadline_any_more()
    {
        var timer = Warm();
        timer.OnReceived(1, 0, Delay, Start);
        timer.Demand();
        Assert.Equal(TimeSpan.MaxValue, timer.Deadline);
        timer.OnReceived(1, 0, Delay, Start + Delay);
        Assert.Equal(TimeSpan.MaxValue, timer.Deadline);
        Assert.True(timer.IsDue);
        timer.OnSent();
        Assert.False(timer.IsPending);
    }

    // Behind the first segments, which are acknowledged at once.
    private static AcknowledgmentTimer Warm()
    {
        var timer = new AcknowledgmentTimer();
        timer.Start(SegmentSize, isQuick: true);
        for (var segment = 0; segment < 100 && !timer.IsPending; segment++)
        {
            timer.OnReceived(1, 0, Delay, Start);
            if (timer.IsDue)
            {
                timer.OnSent();
            }
        }

        timer.OnSent();
        return timer;
    }
}
