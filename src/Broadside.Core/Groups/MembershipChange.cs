using Broadside.Channels;

namespace Broadside.Groups;

/// <summary>Tells a channel that a member joined or left. Posted under the append lock, so that it stands in order with sends.</summary>
internal sealed class MembershipChange : ChannelWork
{
    private GroupShard _shard = null!;
    private Outbox _outbox = null!;
    private Kind _kind;
    private long _sequence;
    private LeaveCompletion? _completion;

    private enum Kind
    {
        Join,
        Leave,
        LeaveDrained,
    }

    public static void PostJoin(GroupShard shard, Outbox outbox, long sequence) => Post(shard, outbox, Kind.Join, sequence, null);

    public static void PostLeave(GroupShard shard, Outbox outbox) => Post(shard, outbox, Kind.Leave, 0, null);

    public static void PostLeaveDrained(GroupShard shard, Outbox outbox, long sequence, LeaveCompletion? completion) =>
        Post(shard, outbox, Kind.LeaveDrained, sequence, completion);

    protected internal override void Run()
    {
        var (shard, outbox, kind, sequence, completion) = (_shard, _outbox, _kind, _sequence, _completion);
        Recycle();
        shard.CountPendingChange(-1);
        switch (kind)
        {
            case Kind.Join:
                shard.Join(outbox, sequence);
                break;
            case Kind.Leave:
                shard.Leave(outbox);
                break;
            default:
                shard.LeaveDrained(outbox, sequence, completion);
                break;
        }
    }

    private static void Post(GroupShard shard, Outbox outbox, Kind kind, long sequence, LeaveCompletion? completion)
    {
        var change = Pool.Rent<MembershipChange>();
        change._shard = shard;
        change._outbox = outbox;
        change._kind = kind;
        change._sequence = sequence;
        change._completion = completion;
        shard.CountPendingChange(1);
        if (!shard.Dispatcher.Post(change))
        {
            shard.CountPendingChange(-1);
            completion?.Complete();
            change.Recycle();
        }
    }

    private void Recycle()
    {
        _shard = null!;
        _outbox = null!;
        _completion = null;
        Pool<MembershipChange>.Return(this);
    }
}
