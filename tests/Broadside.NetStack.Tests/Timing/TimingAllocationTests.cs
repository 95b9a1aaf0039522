using Broadside.NetStack.Timing;

namespace Broadside.NetStack.Tests.Timing;

[Collection(AllocationTests.Name)]
public sealed class TimingAllocationTests
{
    [Fact]
    public void Scheduling_and_running_allocate_nothing()
    {
        var wheel = new TimingWheel(TimeSpan.Zero);
        var now = TimeSpan.Zero;
        var timers = Enumerable.Range(0, 100).Select(_ => new IdleTimer()).ToArray();
        AllocationTests.AssertNone(() =>
        {
            for (var index = 0; index < timers.Length; index++)
            {
                wheel.Schedule(timers[index], now + TimeSpan.FromMilliseconds(index * index));
            }

            wheel.Cancel(timers[50]);
            now += TimeSpan.FromMilliseconds(700);
            wheel.Advance(now);
        });
    }

    private sealed class IdleTimer : WheelTimer
    {
        protected internal override void OnDue(TimeSpan now)
        {
        }
    }
}
