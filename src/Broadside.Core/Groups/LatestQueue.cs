using Broadside.Channels;
using Broadside.Records;

namespace Broadside.Groups;

/// <summary>
/// The shared side of a latest group: the newest record of each key in one list ordered by sequence. Each channel copies what is
/// newer than it knows, under the lock and once a round, so that deliveries need none. Safe for use from any thread.
/// </summary>
internal sealed class LatestQueue(SequenceClock clock, int priority, bool keepsPlace, int maximumKeys) : IMemberQueue
{
    private readonly Lock _gate = new();
    private readonly Dictionary<RecordKey, LatestKey> _keys = [];
    private readonly Queue<(LatestKey Key, long Sequence)> _removed = new();
    private readonly HashSet<Outbox> _draining = [];
    private MemberSet _members = new();
    private LatestShard[] _shards = [];
    private LatestKey? _oldest;
    private LatestKey? _newest;
    private bool _closed;

    public int Priority => priority;

    public bool KeepsPlace => keepsPlace;

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

    public int KeyCount
    {
        get
        {
            lock (_gate)
            {
                return _keys.Count;
            }
        }
    }

    public Outbox[] Members()
    {
        lock (_gate)
        {
            return _members.ToArray();
        }
    }

    /// <summary>Makes a record the newest of its key. A reference of the caller's passes to the queue unless it returns false.</summary>
    /// <returns>False when the queue is closed.</returns>
    /// <exception cref="InvalidOperationException">There are as many keys as there may be.</exception>
    public bool TrySet(RecordKey key, RecordEntry body)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            PruneRemoved();
            if (!_keys.TryGetValue(key, out var node))
            {
                if (_keys.Count == maximumKeys)
                {
                    throw new InvalidOperationException($"The group holds {maximumKeys:N0} keys, as many as it may: raise LatestGroupOptions.MaximumKeys, or remove keys.");
                }

                _keys[key] = node = new LatestKey(key);
            }
            else
            {
                Unlink(node);
            }

            Update(node, body);
        }

        Notify();
        return true;
    }

    /// <summary>Removes a key: members that have not begun its record do not get it.</summary>
    public bool TryRemove(RecordKey key)
    {
        lock (_gate)
        {
            if (!_keys.Remove(key, out var node))
            {
                return false;
            }

            Unlink(node);
            Update(node, null);
            _removed.Enqueue((node, node.Sequence));
            PruneRemoved();
        }

        Notify();
        return true;
    }

    /// <summary>Adds a member, which gets the newest record of every key first, or only what is set from now on.</summary>
    /// <returns>False when it is one already or still being drained, its connection is over, or the queue is closed.</returns>
    public bool Add(Outbox outbox, bool withSnapshot) =>
        outbox.Join(this, withSnapshot, static (queue, member, snapshot) => queue.TryJoin(member, snapshot));

    /// <inheritdoc/>
    public bool Remove(Outbox outbox)
    {
        lock (_gate)
        {
            var shard = ShardOf(outbox);
            if (_draining.Contains(outbox))
            {
                // The channel ends the membership, whichever of draining and this comes first.
                Post(shard, () => shard.Leave(outbox));
                return true;
            }

            if (!_members.Remove(outbox))
            {
                return false;
            }

            Post(shard, () => shard.Leave(outbox));
        }

        outbox.RemoveMembership(this);
        return true;
    }

    /// <inheritdoc/>
    public bool RemoveDrained(Outbox outbox, LeaveCompletion? completion)
    {
        lock (_gate)
        {
            if (!_members.Remove(outbox))
            {
                return false;
            }

            _draining.Add(outbox);
            var shard = ShardOf(outbox);
            var sequence = clock.Last;
            if (!Post(shard, () => shard.LeaveDrained(outbox, sequence, completion)))
            {
                completion?.Complete();
            }

            return true;
        }
    }

    /// <summary>A member is gone from its channel: if it was being drained, its membership ends now. On its channel's thread.</summary>
    public void EndDraining(Outbox outbox)
    {
        lock (_gate)
        {
            if (!_draining.Remove(outbox))
            {
                // It ended with the removal, and another may have begun since.
                return;
            }
        }

        outbox.RemoveMembership(this);
    }

    /// <summary>Ends the group: its members leave at once and its records are let go of.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            foreach (var outbox in _members.ToArray())
            {
                _members.Remove(outbox);
            }

            for (var node = _oldest; node is not null; node = node.Newer)
            {
                node.Body?.Release();
                node.Body = null;
            }

            _oldest = _newest = null;
            _keys.Clear();
            _removed.Clear();
            foreach (var shard in _shards)
            {
                Post(shard, shard.Close);
            }
        }
    }

    /// <summary>The updates after <paramref name="after"/> and up to <paramref name="sequence"/>, oldest first.</summary>
    /// <returns>True when there are newer ones.</returns>
    public bool CollectUpdates(long after, long sequence, List<LatestUpdate> updates)
    {
        var more = false;
        lock (_gate)
        {
            for (var node = _newest; node is not null && node.Sequence > after; node = node.Older)
            {
                if (node.Sequence > sequence)
                {
                    more = true;
                    continue;
                }

                node.Body?.AddReferences(1);
                updates.Add(new LatestUpdate(node, node.Body, node.Sequence));
            }
        }

        updates.Reverse();
        return more;
    }

    private bool TryJoin(Outbox outbox, bool withSnapshot)
    {
        lock (_gate)
        {
            if (_closed || _draining.Contains(outbox) || !_members.Add(outbox))
            {
                return false;
            }

            var shard = Array.Find(_shards, each => ReferenceEquals(each.Dispatcher, outbox.Dispatcher));
            if (shard is null)
            {
                shard = new LatestShard(this, outbox.Dispatcher);
                _shards = [.. _shards, shard];
            }

            var after = withSnapshot ? 0 : clock.Last;
            Post(shard, () => shard.Join(outbox, after));
            return true;
        }
    }

    private LatestShard ShardOf(Outbox outbox) => Array.Find(_shards, each => ReferenceEquals(each.Dispatcher, outbox.Dispatcher))!;

    private void Update(LatestKey node, RecordEntry? body)
    {
        node.Body?.Release();
        node.Body = body;
        node.Sequence = clock.Next();
        node.Older = _newest;
        node.Newer = null;
        if (_newest is null)
        {
            _oldest = node;
        }
        else
        {
            _newest.Newer = node;
        }

        _newest = node;
    }

    private void Unlink(LatestKey node)
    {
        if (node.Older is null)
        {
            _oldest = node.Newer;
        }
        else
        {
            node.Older.Newer = node.Newer;
        }

        if (node.Newer is null)
        {
            _newest = node.Older;
        }
        else
        {
            node.Newer.Older = node.Older;
        }
    }

    // A removed key is remembered until every channel has heard of it.
    private void PruneRemoved()
    {
        while (_removed.TryPeek(out var removed) && Array.TrueForAll(_shards, shard => shard.AppliedSequence >= removed.Sequence))
        {
            Unlink(_removed.Dequeue().Key);
        }
    }

    private void Notify()
    {
        foreach (var shard in Volatile.Read(ref _shards))
        {
            shard.Dispatcher.Post(shard);
        }
    }

    // Joins and leaves of a latest group are rare beside its updates, and may allocate.
    private static bool Post(LatestShard shard, Action action) => shard.Dispatcher.Post(new ActionWork(action));
}
