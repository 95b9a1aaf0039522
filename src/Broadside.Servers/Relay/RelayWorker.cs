namespace Broadside.Relay;

/// <summary>What one channel needs to execute its clients' commands, one at a time. Used on the channel's thread, but for the counters.</summary>
internal sealed class RelayWorker(Arena arena, TopicDirectory topics)
{
    /// <summary>Where the arguments of the command being executed are.</summary>
    public ArgumentBuffer Arguments { get; } = new();

    /// <summary>Replies to be sent together. Empty between two callbacks.</summary>
    public ReplyBuffer Replies { get; } = new();

    public Publisher Publisher { get; } = new(arena, topics);

    public RelayCounters Counters { get; } = new();
}

/// <summary>What one channel counts, on its thread; anyone may read.</summary>
internal sealed class RelayCounters
{
    public long Commands;
    public long Published;
    public long Deliveries;
    public long Withdrawn;
    public long Refused;
    public long Waits;
    public long SlowDisconnected;
    public long Dropped;
}
