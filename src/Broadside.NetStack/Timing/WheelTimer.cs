namespace Broadside.NetStack.Timing;

/// <summary>
/// A deadline in a <see cref="TimingWheel"/>, embedded in its owner by inheritance, so that scheduling allocates nothing. An owner with
/// several deadlines needs one timer: it schedules the soonest.
/// </summary>
internal abstract class WheelTimer
{
    internal const int Unscheduled = -1;

    /// <summary>When it is due; of meaning while it is scheduled.</summary>
    public TimeSpan Deadline { get; internal set; }

    public bool IsScheduled => Slot != Unscheduled;

    /// <summary>Which of the wheel's slots it is in.</summary>
    internal int Slot { get; set; } = Unscheduled;

    internal WheelTimer? Next { get; set; }

    internal WheelTimer? Previous { get; set; }

    /// <summary>The time has come; the timer is no longer scheduled, and may be again from here.</summary>
    protected internal abstract void OnDue(TimeSpan now);
}
