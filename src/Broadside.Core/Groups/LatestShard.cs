namespace Broadside.Groups;

/// <summary>One channel's side of a latest group. Touched on the channel's thread only, except where said.</summary>
internal sealed class LatestShard(LatestQueue queue, GroupDispatcher dispatcher) : DispatchTarget(dispatcher)
{
    private readonly Dictionary<Outbox, LatestCursor> _members = [];
    private readonly List<LatestUpdate> _updates = [];
    private long _appliedSequence;
    private bool _isClosed;

    public LatestView View { get; } = new();

    public long AppliedSequence => Volatile.Read(ref _appliedSequence);

    public void Join(Outbox outbox, long after)
    {
        _members.Add(outbox, new LatestCursor(this, outbox, after, queue.Priority));
        Dispatcher.MarkDirty(this);
    }

    public void Leave(Outbox outbox)
    {
        if (_members.Remove(outbox, out var member))
        {
            member.Unschedule();
            queue.EndDraining(outbox);
            member.Completion?.Complete();
        }
    }

    /// <summary>Has a member leave once it was sent what had been set before.</summary>
    public void LeaveDrained(Outbox outbox, long sequence, LeaveCompletion? completion)
    {
        if (!_members.TryGetValue(outbox, out var member))
        {
            completion?.Complete();
            return;
        }

        member.LastSequence = sequence;
        member.Completion = completion;
        Dispatcher.MarkDirty(this);
    }

    /// <summary>The group is over: lets go of all records.</summary>
    public void Close()
    {
        _isClosed = true;
        foreach (var outbox in _members.Keys.ToArray())
        {
            Leave(outbox);
        }

        View.Clear();
    }

    /// <inheritdoc/>
    public override void Dispatch(long sequence)
    {
        if (_isClosed)
        {
            return;
        }

        var slowest = SlowestMember();
        var more = queue.CollectUpdates(_appliedSequence, sequence, _updates);
        foreach (var update in _updates)
        {
            var item = update.Body is null ? null : new LatestItem(update.Body);
            View.Apply(update.Key, item, update.Sequence, queue.KeepsPlace ? slowest : long.MaxValue);
        }

        _updates.Clear();
        Volatile.Write(ref _appliedSequence, Math.Max(_appliedSequence, sequence));
        View.Compact(slowest);
        foreach (var member in _members.Values)
        {
            member.Schedule();
        }

        if (FinishDraining() || more)
        {
            Dispatcher.MarkDirty(this);
        }
    }

    public void OnCaughtUp(LatestCursor member)
    {
        if (member.IsDraining)
        {
            Dispatcher.MarkDirty(this);
        }
    }

    // Where the slowest of the members stands that have something to come.
    private long SlowestMember()
    {
        var slowest = long.MaxValue;
        foreach (var member in _members.Values)
        {
            if (member.InHeap)
            {
                slowest = Math.Min(slowest, member.After);
            }
        }

        return slowest;
    }

    // True while a member waits for updates that are not applied yet.
    private bool FinishDraining()
    {
        var waiting = false;
        List<Outbox>? drained = null;
        foreach (var member in _members.Values)
        {
            if (!member.IsDraining)
            {
                continue;
            }

            if (member.LastSequence > _appliedSequence)
            {
                waiting = true;
            }
            else if (!member.InHeap)
            {
                (drained ??= []).Add(member.Outbox);
            }
        }

        foreach (var outbox in drained ?? [])
        {
            Leave(outbox);
        }

        return waiting;
    }
}
