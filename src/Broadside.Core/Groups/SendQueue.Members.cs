namespace Broadside.Groups;

/// <summary>Who gets what is sent.</summary>
internal sealed partial class SendQueue
{
    private MemberSet _members = new();
    private HashSet<Outbox>? _draining;

    // All channels with a trace of the queue, and those with members; replaced whole, so that they may be read without the lock.
    private GroupShard[] _shards = [];
    private GroupShard[] _active = [];

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _members.Count;
            }
        }
    }

    public bool Contains(Outbox outbox)
    {
        lock (_gate)
        {
            return _members.Contains(outbox);
        }
    }

    /// <summary>The members now.</summary>
    public Outbox[] Members()
    {
        lock (_gate)
        {
            return _members.ToArray();
        }
    }

    /// <summary>Adds a member: it gets what is sent from now on.</summary>
    /// <returns>False when it is one already or still being drained, its connection is over, or the queue is closed.</returns>
    public bool Add(Outbox outbox) => outbox.Join(this, 0, static (queue, member, _) => queue.TryJoin(member));

    /// <summary>Ends a membership at once: what is not bound is discarded.</summary>
    public bool Remove(Outbox outbox)
    {
        lock (_gate)
        {
            if (_draining is not null && _draining.Contains(outbox))
            {
                // The channel ends the membership, whichever of draining and this comes first.
                MembershipChange.PostLeave(ShardOf(outbox)!, outbox);
                return true;
            }

            if (!_members.Remove(outbox))
            {
                return false;
            }

            MembershipChange.PostLeave(Deactivate(outbox), outbox);
        }

        outbox.RemoveMembership(this);
        return true;
    }

    /// <summary>Ends a membership once the member was sent what had been sent to the group before.</summary>
    public bool RemoveDrained(Outbox outbox, LeaveCompletion? completion)
    {
        lock (_gate)
        {
            if (!_members.Remove(outbox))
            {
                return false;
            }

            (_draining ??= []).Add(outbox);
            MembershipChange.PostLeaveDrained(Deactivate(outbox), outbox, _clock.Last, completion);
            return true;
        }
    }

    /// <summary>A member that left was drained, or its connection ended. On its channel's thread.</summary>
    public void EndDraining(Outbox outbox)
    {
        lock (_gate)
        {
            _draining?.Remove(outbox);
        }

        outbox.RemoveMembership(this);
    }

    private bool TryJoin(Outbox outbox)
    {
        lock (_gate)
        {
            if (_closed || (_draining is not null && _draining.Contains(outbox)) || !_members.Add(outbox))
            {
                return false;
            }

            var shard = ShardOf(outbox);
            if (shard is null)
            {
                shard = new GroupShard(this, outbox.Dispatcher);
                _shards = [.. _shards, shard];
            }

            if (shard.SharedCount++ == 0)
            {
                _active = [.. _active, shard];
            }

            MembershipChange.PostJoin(shard, outbox, _clock.Last);
            return true;
        }
    }

    private GroupShard Deactivate(Outbox outbox)
    {
        var shard = ShardOf(outbox)!;
        if (--shard.SharedCount == 0)
        {
            _active = Without(_active, shard);
        }

        return shard;
    }

    private static GroupShard[] Without(GroupShard[] shards, GroupShard shard) => [.. shards.Where(each => !ReferenceEquals(each, shard))];

    private GroupShard? ShardOf(Outbox outbox)
    {
        foreach (var shard in _shards)
        {
            if (ReferenceEquals(shard.Dispatcher, outbox.Dispatcher))
            {
                return shard;
            }
        }

        return null;
    }
}
