namespace Broadside.Channels;

/// <summary>Runs a delegate on a channel's thread, for callers who need not avoid an allocation.</summary>
/// <param name="action">What to do.</param>
public sealed class ActionWork(Action action) : ChannelWork
{
    /// <inheritdoc/>
    protected internal override void Run() => action();
}
