using Broadside.Channels;

namespace Broadside.Groups;

/// <summary>One channel's side of a group: posted to its dispatcher when something was sent, once however much that is.</summary>
internal abstract class DispatchTarget(GroupDispatcher dispatcher) : ChannelWork
{
    public GroupDispatcher Dispatcher { get; } = dispatcher;

    /// <summary>Whether it waits to be dispatched.</summary>
    public bool IsDirty { get; set; }

    /// <summary>The first send whose publisher still writes it, where dispatching had to stop; its commit posts the target again.</summary>
    public long BlockedAt { get; protected set; } = long.MaxValue;

    public bool IsBlocked => BlockedAt != long.MaxValue;

    /// <summary>Gives the members what was sent up to and including <paramref name="sequence"/>.</summary>
    public abstract void Dispatch(long sequence);

    protected internal override void Run() => Dispatcher.MarkDirty(this);
}
