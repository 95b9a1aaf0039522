using Broadside.NetStack.Timing;

namespace Broadside.NetStack.Tests.Timing;

public sealed class TimingWheelTests
{
    private readonly TimingWheel _wheel = new(TimeSpan.Zero);

    [Theory]
    [InlineData(0.0001)]
    [InlineData(1)]
    [InlineData(199.9)]
    [InlineData(1_677)]
    [InlineData(1_678)]
    [InlineData(60_000)]
    [InlineData(7_200_000)]
    [InlineData(400_000_000)]
    public void A_timer_runs_at_its_deadline_and_not_before(double milliseconds)
    {
        var deadline = TimeSpan.FromMilliseconds(milliseconds);
        var timer = new RecordingTimer();
        _wheel.Schedule(timer, deadline);
        _wheel.Advance(deadline - TimeSpan.FromTicks(1));
        Assert.Empty(timer.Ran);
        _wheel.Advance(deadline);
        Assert.Equal([deadline], timer.Ran);
        Assert.False(timer.IsScheduled);
        Assert.Equal((0, TimeSpan.MaxValue), (_wheel.Count, _wheel.NextDue));
    }

    [Fact]
    public void Sleeping_until_the_next_due_time_reaches_every_timer_in_few_steps()
    {
        var deadline = TimeSpan.FromDays(20) + TimeSpan.FromTicks(7);
        var timer = new RecordingTimer();
        _wheel.Schedule(timer, deadline);
        var steps = 0;
        while (timer.Ran.Count == 0)
        {
            Assert.True(_wheel.NextDue <= deadline);
            _wheel.Advance(_wheel.NextDue);
            steps++;
        }

        // Once for each turn of the coarsest level.
        Assert.Equal([deadline], timer.Ran);
        Assert.InRange(steps, 1, 20);
    }

    [Fact]
    public void A_timer_put_off_again_and_again_runs_once()
    {
        var timer = new RecordingTimer();
        for (var time = 0; time < 1_000; time++)
        {
            _wheel.Advance(TimeSpan.FromMilliseconds(time));
            _wheel.Schedule(timer, TimeSpan.FromMilliseconds(time + 200));
        }

        _wheel.Advance(TimeSpan.FromMilliseconds(1_198));
        Assert.Empty(timer.Ran);
        _wheel.Advance(TimeSpan.FromMilliseconds(1_199));
        Assert.Single(timer.Ran);
    }

    [Fact]
    public void A_timer_brought_forward_runs_at_the_sooner_deadline_only()
    {
        var timer = new RecordingTimer();
        _wheel.Schedule(timer, TimeSpan.FromHours(1));
        _wheel.Schedule(timer, TimeSpan.FromMilliseconds(3));
        Assert.Equal(TimeSpan.FromMilliseconds(3), _wheel.NextDue);
        _wheel.Advance(TimeSpan.FromMilliseconds(3));
        _wheel.Advance(TimeSpan.FromHours(2));
        Assert.Equal([TimeSpan.FromMilliseconds(3)], timer.Ran);
    }

    [Fact]
    public void What_is_scheduled_for_the_past_while_timers_run_waits_for_the_next_call()
    {
        var timer = new RecordingTimer();
        timer.WhenRun = now => _wheel.Schedule(timer, now - TimeSpan.FromSeconds(1));
        _wheel.Schedule(timer, TimeSpan.FromSeconds(1));
        _wheel.Advance(TimeSpan.FromHours(5));
        Assert.Single(timer.Ran);
        Assert.Equal(TimeSpan.FromHours(5), _wheel.NextDue);
        _wheel.Advance(TimeSpan.FromHours(5));
        Assert.Equal(2, timer.Ran.Count);
    }

    [Fact]
    public void A_timer_may_cancel_and_put_off_others_that_are_due_with_it()
    {
        var (cancelled, delayed, last) = (new RecordingTimer(), new RecordingTimer(), new RecordingTimer());
        var first = new RecordingTimer
        {
            WhenRun = now =>
            {
                _wheel.Cancel(cancelled);
                _wheel.Schedule(delayed, now + TimeSpan.FromSeconds(1));
            },
        };
        foreach (var timer in (RecordingTimer[])[first, cancelled, delayed, last])
        {
            _wheel.Schedule(timer, TimeSpan.FromMilliseconds(10));
        }

        _wheel.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Equal((1, 0, 0, 1), (first.Ran.Count, cancelled.Ran.Count, delayed.Ran.Count, last.Ran.Count));
        _wheel.Advance(TimeSpan.FromMilliseconds(1_010));
        Assert.Equal((0, 1, 0), (cancelled.Ran.Count, delayed.Ran.Count, _wheel.Count));
    }

    [Fact]
    public void A_timer_that_throws_leaves_the_others_for_the_next_call()
    {
        var thrower = new RecordingTimer { WhenRun = _ => throw new InvalidOperationException("A fault.") };
        var other = new RecordingTimer();
        _wheel.Schedule(thrower, TimeSpan.FromSeconds(1));
        _wheel.Schedule(other, TimeSpan.FromSeconds(1));
        Assert.Throws<InvalidOperationException>(() => _wheel.Advance(TimeSpan.FromSeconds(1)));
        Assert.Equal(TimeSpan.FromSeconds(1), _wheel.NextDue);
        _wheel.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((1, 1, 0), (thrower.Ran.Count, other.Ran.Count, _wheel.Count));
    }

    [Fact]
    public void Cancelling_what_is_not_scheduled_does_nothing()
    {
        _wheel.Cancel(new RecordingTimer());
        Assert.Equal(0, _wheel.Count);
    }
}
