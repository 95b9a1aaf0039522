using Broadside.Channels;

namespace Broadside.Groups;

/// <summary>Has one channel disconnect the members that stand before a position of a log: senders have waited for them too long.</summary>
internal sealed class LaggardWork(GroupShard shard, int priority, long position) : ChannelWork
{
    protected internal override void Run() => LagPolicy.DisconnectLaggards(shard, priority, position);
}
