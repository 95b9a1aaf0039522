using Broadside.Channels;

namespace Broadside.Groups;

/// <summary>Has one channel disconnect the members for which senders have waited too long.</summary>
internal sealed class LaggardWork(GroupShard shard) : ChannelWork
{
    protected internal override void Run() => LagPolicy.DisconnectLaggards(shard);
}
