using System.Diagnostics;

namespace Broadside.NetStack.Timing;

/// <summary>
/// All deadlines of a channel. Hierarchical (Varghese and Lauck, scheme 7): a fine level of milliseconds for retransmission, delayed
/// acknowledgments and pacing, coarse ones for TIME-WAIT and keep-alive. Scheduling and cancelling are O(1) and allocate nothing.
/// </summary>
/// <remarks>
/// <para>
/// Slots only sort: a timer runs at the first <see cref="Advance"/> at or after its deadline, to the tick. That, and that timers move to
/// a finer level no sooner than needed, rests on each slot's knowing a time before which none of its timers is due.
/// </para>
/// <para>
/// A connection puts its deadline off with every packet. So a timer that is scheduled for later stays where it is, and moves when its
/// slot's time comes: most never do.
/// </para>
/// </remarks>
internal sealed class TimingWheel
{
    private const int FineSlots = 2048;
    private const int CoarseSlots = 256;
    private const int DueSlot = FineSlots + (2 * CoarseSlots);

    // A coarse slot is a whole turn of the level below: of 0.8 milliseconds, 1.7 seconds and 7 minutes, so that the last turn is 30 hours.
    private readonly WheelLevel[] _levels =
    [
        new(0, FineSlots, 13),
        new(FineSlots, CoarseSlots, 13 + 11),
        new(FineSlots + CoarseSlots, CoarseSlots, 13 + 11 + 8),
    ];

    // The last one, of no level, holds those that are due until they have run.
    private readonly WheelSlot[] _slots = new WheelSlot[DueSlot + 1];
    private TimeSpan _now;

    public TimingWheel(TimeSpan now)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(now, TimeSpan.Zero);
        _now = now;
    }

    /// <summary>How many timers are scheduled.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// No timer is due before this; <see cref="TimeSpan.MaxValue"/> if there is none. It may be too soon, where a timer was cancelled or
    /// put off: <see cref="Advance"/> then corrects it.
    /// </summary>
    public TimeSpan NextDue
    {
        get
        {
            if (!_slots[DueSlot].IsEmpty)
            {
                return _now;
            }

            var next = TimeSpan.MaxValue;
            foreach (ref readonly var level in _levels.AsSpan())
            {
                var number = level.NextOccupied(level.NumberOf(_now));
                if (number >= 0 && _slots[level.SlotOf(number)].Earliest is var earliest && earliest < next)
                {
                    next = earliest;
                }
            }

            return next;
        }
    }

    /// <summary>
    /// Schedules a timer, also one that is scheduled already. A deadline that has passed is due at the next <see cref="Advance"/>.
    /// </summary>
    public void Schedule(WheelTimer timer, TimeSpan deadline)
    {
        timer.Deadline = deadline;
        if (timer.IsScheduled)
        {
            // Also for those that are about to run: their slot is looked at with the deadline they have by then.
            if (deadline >= _slots[timer.Slot].Earliest)
            {
                return;
            }

            Remove(timer);
        }
        else
        {
            Count++;
        }

        Insert(timer);
    }

    /// <summary>Has a timer not run; nothing if it is not scheduled.</summary>
    public void Cancel(WheelTimer timer)
    {
        if (timer.IsScheduled)
        {
            Remove(timer);
            Count--;
        }
    }

    /// <summary>
    /// Runs what is due, in no promised order. What the timers themselves schedule runs at the next call at the soonest, so that the work
    /// is bounded. If a timer throws, the rest is left for the next call.
    /// </summary>
    public void Advance(TimeSpan now)
    {
        Debug.Assert(now >= _now, "Time does not run backwards.");
        if (NextDue <= now)
        {
            CollectDue(now);
            _now = now;
            RunDue();
        }
        else
        {
            _now = now;
        }
    }

    private void CollectDue(TimeSpan now)
    {
        var before = _now;
        _now = now;
        foreach (ref readonly var level in _levels.AsSpan())
        {
            // One turn at most, however far the time has jumped.
            var first = level.NumberOf(before);
            var last = Math.Min(level.NumberOf(now), first + level.SlotCount - 1);
            for (var number = level.NextOccupied(first); number >= 0 && number <= last; number = level.NextOccupied(number + 1))
            {
                Sort(level.SlotOf(number));
            }
        }
    }

    // Those that are due wait to run; the others move to where they belong now, which may be the slot they were in.
    private void Sort(int slot)
    {
        if (_slots[slot].Earliest > _now || !_slots[slot].TryTakeAll(out var taken))
        {
            return;
        }

        Unmark(slot);
        while (taken.TryTake(out var timer))
        {
            if (timer.Deadline <= _now)
            {
                timer.Slot = DueSlot;
                _slots[DueSlot].Add(timer, TimeSpan.MinValue);
            }
            else
            {
                Insert(timer);
            }
        }
    }

    private void RunDue()
    {
        while (_slots[DueSlot].TryTake(out var timer))
        {
            if (timer.Deadline > _now)
            {
                Insert(timer);
                continue;
            }

            timer.Slot = WheelTimer.Unscheduled;
            Count--;
            timer.OnDue(_now);
        }
    }

    private void Insert(WheelTimer timer)
    {
        var deadline = timer.Deadline > _now ? timer.Deadline : _now;
        foreach (ref readonly var level in _levels.AsSpan())
        {
            var number = level.NumberOf(deadline);
            if (number - level.NumberOf(_now) < level.SlotCount)
            {
                Insert(timer, in level, number, deadline);
                return;
            }
        }

        // Further off than the last turn: to be looked at again at its end.
        ref readonly var coarsest = ref _levels[^1];
        var end = coarsest.NumberOf(_now) + coarsest.SlotCount - 1;
        Insert(timer, in coarsest, end, coarsest.StartOf(end));
    }

    private void Insert(WheelTimer timer, in WheelLevel level, long number, TimeSpan earliest)
    {
        timer.Slot = level.SlotOf(number);
        _slots[timer.Slot].Add(timer, earliest);
        level.Mark(timer.Slot);
    }

    private void Remove(WheelTimer timer)
    {
        _slots[timer.Slot].Remove(timer);
        if (_slots[timer.Slot].IsEmpty)
        {
            Unmark(timer.Slot);
        }

        timer.Slot = WheelTimer.Unscheduled;
    }

    private void Unmark(int slot)
    {
        foreach (ref readonly var level in _levels.AsSpan())
        {
            if (level.Holds(slot))
            {
                level.Unmark(slot);
            }
        }
    }
}
