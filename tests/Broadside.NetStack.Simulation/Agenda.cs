namespace Broadside.NetStack.Simulation;

/// <summary>What is to be done at which time; what is due at one time is done in the order in which it was put down.</summary>
internal sealed class Agenda
{
    private readonly PriorityQueue<Action, (TimeSpan, long)> _actions = new();
    private long _number;

    public TimeSpan Next => _actions.TryPeek(out _, out var priority) ? priority.Item1 : TimeSpan.MaxValue;

    public void At(TimeSpan time, Action action) => _actions.Enqueue(action, (time, _number++));

    public bool TryTake(TimeSpan now, out Action action)
    {
        action = null!;
        return Next <= now && _actions.TryDequeue(out action!, out _);
    }
}
