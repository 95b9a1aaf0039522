namespace Broadside.Testing;

/// <summary>What will happen in the network, soonest first; what is due at one moment happens in the order in which it was scheduled.</summary>
internal sealed class EventSchedule
{
    private readonly PriorityQueue<Action, (long Due, long Order)> _events = new();
    private long _order;

    /// <summary>When the next event is due; <see cref="long.MaxValue"/> when nothing is under way.</summary>
    public long NextDue => _events.TryPeek(out _, out var priority) ? priority.Due : long.MaxValue;

    public void Add(long due, Action action) => _events.Enqueue(action, (due, _order++));

    public void RunNext() => _events.Dequeue().Invoke();
}
