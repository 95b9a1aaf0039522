namespace Broadside.Channels;

/// <summary>A deadline on a channel. Intrusive: scheduling one allocates nothing once the channel's queue has grown.</summary>
/// <remarks>Scheduled and cancelled on the channel's thread only.</remarks>
public abstract class ChannelTimer
{
    /// <summary>Whether the timer waits to be due.</summary>
    public bool IsScheduled => QueueIndex >= 0;

    internal long DueTimestamp { get; set; }

    internal int QueueIndex { get; set; } = -1;

    /// <summary>Called once, on the channel's thread, when the time has come. The timer may be scheduled again from here.</summary>
    protected internal abstract void OnDue();
}
