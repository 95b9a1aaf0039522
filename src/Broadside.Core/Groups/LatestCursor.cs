namespace Broadside.Groups;

/// <summary>A member of a latest group on one channel: how far it has come, and its place among its connection's sources while it lags.</summary>
internal sealed class LatestCursor : PendingSource
{
    private readonly LatestShard _shard;

    public LatestCursor(LatestShard shard, Outbox outbox, long after, int priority)
    {
        _shard = shard;
        Outbox = outbox;
        After = after;
        Priority = priority;
    }

    /// <summary>The member was sent everything up to and including this.</summary>
    public long After { get; private set; }

    /// <summary>The last sequence it gets: that of its draining leave, else unlimited.</summary>
    public long LastSequence { get; set; } = long.MaxValue;

    public LeaveCompletion? Completion { get; set; }

    public bool IsDraining => LastSequence != long.MaxValue;

    /// <summary>Puts the member among its connection's sources, if there is something for it.</summary>
    public void Schedule()
    {
        if (!InHeap && !Outbox.IsClosed && TryFindNext())
        {
            Outbox.Enqueue(this);
        }
    }

    /// <summary>Takes the member from its connection's sources.</summary>
    public void Unschedule()
    {
        if (InHeap)
        {
            Outbox.Forget(this);
        }
    }

    public override bool Bind(ref BindContext context, long sequenceLimit)
    {
        while (TryFindNext())
        {
            if (!context.HasRoom || Sequence > sequenceLimit)
            {
                return true;
            }

            var next = After;
            var item = _shard.View.Next(ref next)!;
            After = next;
            context.AddRecord(item.Body, item);
        }

        _shard.OnCaughtUp(this);
        return false;
    }

    public override void Discard() => Unschedule();

    private bool TryFindNext()
    {
        var next = After;
        if (_shard.View.Next(ref next) is null || next > LastSequence)
        {
            return false;
        }

        Sequence = next;
        return true;
    }
}
