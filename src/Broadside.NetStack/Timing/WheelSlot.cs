using System.Diagnostics;

namespace Broadside.NetStack.Timing;

/// <summary>Timers whose deadlines are near one another: a ring of them, in the order in which they came.</summary>
internal struct WheelSlot
{
    private WheelTimer? _first;

    /// <summary>No timer in the slot is due before this; one that was may have been cancelled since.</summary>
    public TimeSpan Earliest { get; private set; }

    public readonly bool IsEmpty => _first is null;

    public void Add(WheelTimer timer, TimeSpan earliest)
    {
        if (_first is null)
        {
            _first = timer.Next = timer.Previous = timer;
            Earliest = earliest;
            return;
        }

        var last = _first.Previous!;
        (timer.Previous, timer.Next) = (last, _first);
        last.Next = _first.Previous = timer;
        Earliest = earliest < Earliest ? earliest : Earliest;
    }

    public void Remove(WheelTimer timer)
    {
        Debug.Assert(_first is not null);
        if (timer.Next == timer)
        {
            _first = null;
        }
        else
        {
            timer.Previous!.Next = timer.Next;
            timer.Next!.Previous = timer.Previous;
            _first = _first == timer ? timer.Next : _first;
        }

        timer.Next = timer.Previous = null;
    }

    /// <summary>Empties the slot; false if it was empty.</summary>
    public bool TryTakeAll(out WheelSlot taken)
    {
        taken = this;
        _first = null;
        return !taken.IsEmpty;
    }

    public bool TryTake(out WheelTimer timer)
    {
        timer = _first!;
        if (_first is null)
        {
            return false;
        }

        Remove(timer);
        return true;
    }
}
