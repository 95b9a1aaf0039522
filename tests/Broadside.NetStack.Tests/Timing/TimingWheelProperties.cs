using Broadside.NetStack.Timing;
using FsCheck;
using FsCheck.Fluent;

namespace Broadside.NetStack.Tests.Timing;

/// <summary>The wheel against a table of deadlines that is searched from end to end.</summary>
public sealed class TimingWheelProperties
{
    private static readonly Gen<TimeSpan> Delay = Gen.OneOf(
        Gen.Choose(-1_000, 50_000).Select(ticks => TimeSpan.FromTicks(ticks)),
        Gen.Choose(0, 3_000).Select(milliseconds => TimeSpan.FromMilliseconds(milliseconds)),
        Gen.Choose(0, 1_200_000).Select(milliseconds => TimeSpan.FromMilliseconds(milliseconds)),
        Gen.Choose(0, 60).Select(hours => TimeSpan.FromHours(hours)));

    private static readonly Gen<Step> Steps =
        from kind in Gen.Frequency(
            (5, Gen.Constant(StepKind.Schedule)),
            (1, Gen.Constant(StepKind.Cancel)),
            (2, Gen.Constant(StepKind.Advance)),
            (2, Gen.Constant(StepKind.AdvanceToNext)))
        from timer in Gen.Choose(0, 15)
        from delay in Delay
        from again in Gen.Frequency((3, Gen.Constant<TimeSpan?>(null)), (1, Delay.Select(value => (TimeSpan?)value)))
        select new Step(kind, timer, delay, again);

    [Fact]
    public void Timers_run_when_a_sorted_list_says_so() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3_000).WithEndSize(200), Prop.ForAll(Steps.ArrayOf().ToArbitrary(), steps =>
        {
            var run = new WheelRun();
            foreach (var step in steps)
            {
                run.Take(step);
            }

            run.Take(new(StepKind.Advance, 0, TimeSpan.FromDays(30), null));
        }));

    private enum StepKind
    {
        Schedule,
        Cancel,
        Advance,
        AdvanceToNext,
    }

    /// <param name="Kind">What is done.</param>
    /// <param name="Timer">To which timer.</param>
    /// <param name="Delay">When it is due, or how far the time goes on.</param>
    /// <param name="Again">When the timer, as it runs, schedules itself again.</param>
    private sealed record Step(StepKind Kind, int Timer, TimeSpan Delay, TimeSpan? Again);

    private sealed class WheelRun
    {
        private readonly TimingWheel _wheel = new(TimeSpan.FromSeconds(100));
        private readonly Dictionary<RecordingTimer, TimeSpan> _deadlines = [];
        private readonly RecordingTimer[] _timers = new RecordingTimer[16];
        private readonly TimeSpan?[] _again = new TimeSpan?[16];
        private TimeSpan _now = TimeSpan.FromSeconds(100);

        public WheelRun()
        {
            for (var index = 0; index < _timers.Length; index++)
            {
                var (timer, place) = (new RecordingTimer(), index);
                timer.WhenRun = now => Run(timer, place, now);
                _timers[index] = timer;
            }
        }

        public void Take(Step step)
        {
            var timer = _timers[step.Timer];
            switch (step.Kind)
            {
                case StepKind.Schedule:
                    _again[step.Timer] = step.Again;
                    Schedule(timer, _now + step.Delay);
                    break;
                case StepKind.Cancel:
                    _wheel.Cancel(timer);
                    _deadlines.Remove(timer);
                    break;
                case StepKind.AdvanceToNext when _wheel.Count > 0:
                    Advance(_wheel.NextDue);
                    break;
                default:
                    Advance(_now + step.Delay);
                    break;
            }

            CheckState();
        }

        private void Advance(TimeSpan time)
        {
            _now = time > _now ? time : _now;
            var due = _deadlines.Where(entry => entry.Value <= _now).Select(entry => entry.Key).ToHashSet();
            Array.ForEach(_timers, static timer => timer.Ran.Clear());
            _wheel.Advance(_now);
            foreach (var timer in _timers)
            {
                Assert.Equal(due.Contains(timer) ? [_now] : [], timer.Ran);
            }
        }

        private void Run(RecordingTimer timer, int place, TimeSpan now)
        {
            Assert.False(timer.IsScheduled);
            _deadlines.Remove(timer);
            if (_again[place] is { } delay)
            {
                _again[place] = null;
                Schedule(timer, now + delay);
            }
        }

        private void Schedule(RecordingTimer timer, TimeSpan deadline)
        {
            _wheel.Schedule(timer, deadline);
            _deadlines[timer] = deadline;
        }

        private void CheckState()
        {
            Assert.Equal(_deadlines.Count, _wheel.Count);
            Assert.All(_timers, timer => Assert.Equal(_deadlines.ContainsKey(timer), timer.IsScheduled));
            var soonest = _deadlines.Count == 0 ? TimeSpan.MaxValue : _deadlines.Values.Min();
            Assert.True(_wheel.NextDue <= (soonest > _now ? soonest : _now));
            Assert.Equal(_deadlines.Count == 0, _wheel.NextDue == TimeSpan.MaxValue);
        }
    }
}
