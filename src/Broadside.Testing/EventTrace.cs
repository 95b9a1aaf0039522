namespace Broadside.Testing;

/// <summary>Sums up what happened in a hash, and keeps it where asked to.</summary>
internal sealed class EventTrace(bool keep)
{
    private readonly List<SimulatedEvent> _events = [];

    /// <summary>FNV-1a over the numbers of every event.</summary>
    public ulong Hash { get; private set; } = 14695981039346656037;

    public IReadOnlyList<SimulatedEvent> Events => _events;

    public void Add(long now, SimulatedEventKind kind, int subject, long amount)
    {
        Mix(now);
        Mix((long)kind);
        Mix(subject);
        Mix(amount);
        if (keep)
        {
            _events.Add(new SimulatedEvent(new TimeSpan(now), kind, subject, amount));
        }
    }

    private void Mix(long value)
    {
        Hash = unchecked((Hash ^ (ulong)value) * 1099511628211);
        Hash ^= Hash >> 32;
    }
}
