using System.Diagnostics;

namespace Broadside.Groups;

/// <summary>
/// One channel's side of a queue: its members there, its side of each log. Posted to its dispatcher when something was sent, once
/// however much that is. Touched on the channel's thread only, except where said.
/// </summary>
internal sealed class GroupShard(SendQueue queue, GroupDispatcher dispatcher) : DispatchTarget(dispatcher)
{
    private MemberList _members = new();
    private List<DrainingMember>? _draining;
    private ShardLog? _logs;
    private int _pendingChanges;

    public SendQueue Queue { get; } = queue;

    /// <summary>Members added and not removed. Under the append lock.</summary>
    public int SharedCount { get; set; }

    /// <summary>Whether it waits to be looked at for what it can let go of.</summary>
    public bool IsNotedIdle { get; set; }

    /// <summary>Whether nobody is a member here and nobody is about to be. Under the append lock, on the channel's thread.</summary>
    public bool IsAbandoned => SharedCount == 0 && _members.Count == 0 && Volatile.Read(ref _pendingChanges) == 0;

    /// <summary>The sides of the logs. Extended under the append lock, read from any thread.</summary>
    public ShardLog? Logs => Volatile.Read(ref _logs);

    /// <summary>The side of <paramref name="log"/>, made if need be. Under the append lock.</summary>
    public ShardLog SideOf(GroupLog log)
    {
        var side = Find(log.Priority);
        if (side is null)
        {
            side = new ShardLog(this, log) { Next = _logs };
            Volatile.Write(ref _logs, side);
        }

        return side;
    }

    public ShardLog? Find(int priority)
    {
        var side = Logs;
        while (side is not null && side.Priority != priority)
        {
            side = side.Next;
        }

        return side;
    }

    /// <summary>A join or leave was posted (1), or has run (-1).</summary>
    public void CountPendingChange(int change) => Interlocked.Add(ref _pendingChanges, change);

    public void Join(Outbox outbox, long sequence) => _members.Add(outbox, sequence);

    public void Leave(Outbox outbox)
    {
        var place = _members.Find(outbox);
        if (place >= 0)
        {
            RemoveMember(place);
            EndDraining(outbox);
        }
    }

    /// <summary>Has a member leave once it was sent what had been sent to the group before.</summary>
    public void LeaveDrained(Outbox outbox, long sequence, LeaveCompletion? completion)
    {
        var place = _members.Find(outbox);
        if (place < 0)
        {
            completion?.Complete();
            return;
        }

        (_draining ??= []).Add(new DrainingMember(outbox, sequence, completion));
        for (var cursor = _members[place].Cursors; cursor is not null; cursor = cursor.NextOfMember)
        {
            cursor.LastSequence = sequence;
        }

        Dispatcher.MarkDirty(this);
    }

    /// <inheritdoc/>
    public override void Dispatch(long sequence)
    {
        var more = false;
        BlockedAt = long.MaxValue;
        for (var log = Logs; log is not null; log = log.Next)
        {
            var result = log.Dispatch(sequence);
            more |= result.HasMore;
            BlockedAt = Math.Min(BlockedAt, result.BlockedAt);
            if (result.View is not null)
            {
                // Even if no member is to get it, it must be let go of.
                log.MarkTouched();
                Distribute(log, result);
            }
        }

        if (_draining is { Count: > 0 })
        {
            more |= FinishDraining(Math.Min(sequence, BlockedAt - 1)) && BlockedAt > sequence;
        }

        if (more)
        {
            Dispatcher.MarkDirty(this);
        }

        LagPolicy.Enforce(this);
    }

    public void RemoveCursor(LogCursor cursor)
    {
        ref var member = ref _members[cursor.MemberIndex];
        Debug.Assert(ReferenceEquals(member.Outbox, cursor.Outbox));
        if (ReferenceEquals(member.Cursors, cursor))
        {
            member.Cursors = cursor.NextOfMember;
        }
        else
        {
            var before = member.Cursors!;
            while (!ReferenceEquals(before.NextOfMember, cursor))
            {
                before = before.NextOfMember!;
            }

            before.NextOfMember = cursor.NextOfMember;
        }

        if (cursor.InHeap)
        {
            cursor.Outbox.Forget(cursor);
        }

        cursor.Outbox.CountBound(cursor.Lag);
        var draining = _draining is { Count: > 0 } && member.Cursors is null;
        cursor.Recycle();
        if (draining)
        {
            Dispatcher.MarkDirty(this);
        }
    }

    /// <summary>The cost of what a member has still to be sent of all the group's logs.</summary>
    public long LagOf(int place)
    {
        var lag = 0L;
        for (var cursor = _members[place].Cursors; cursor is not null; cursor = cursor.NextOfMember)
        {
            lag += cursor.Lag;
        }

        return lag;
    }

    public LogCursor? CursorsOf(int place) => _members[place].Cursors;

    public int CountIneligible(ShardLog log, Outbox? except, long sequence)
    {
        var count = 0;
        if (except is not null && StandsBefore(except, log, sequence))
        {
            count++;
        }

        for (var each = 0; _draining is not null && each < _draining.Count; each++)
        {
            var draining = _draining[each];
            if (draining.Sequence < sequence && !ReferenceEquals(draining.Outbox, except) && StandsBefore(draining.Outbox, log, sequence))
            {
                count++;
            }
        }

        return count;
    }

    public Record? MakeGapNotice(Outbox outbox, long records, long bytes) => Queue.Owner.MakeGapNotice(outbox, records, bytes);

    /// <summary>Lets go of drained logs. Under no lock; takes the append lock.</summary>
    public void TrimIdle() => Queue.Trim(this);

    private void Distribute(ShardLog log, DispatchResult result)
    {
        var members = _members.Members;
        for (var place = 0; place < members.Length; place++)
        {
            ref var member = ref members[place];
            if (HasCursor(member.Cursors, log))
            {
                member.Outbox.CountQueued(result.Cost);
                continue;
            }

            if (member.Outbox.IsClosed)
            {
                continue;
            }

            var view = result.View!;
            var index = result.Index;
            if (view.Segment.Entries[index].Sequence <= member.JoinSequence && !SkipTo(ref view, ref index, member.JoinSequence))
            {
                continue;
            }

            AddCursor(log, view, index, place, ref member);
        }
    }

    private void AddCursor(ShardLog log, SegmentView view, int index, int place, ref Membership member)
    {
        var last = _draining is { Count: > 0 } ? DrainingSequence(member.Outbox) : long.MaxValue;
        if (view.Segment.Entries[index].Sequence > last)
        {
            return;
        }

        var cursor = LogCursor.Rent(log, view, index, member.Outbox, place);
        cursor.LastSequence = last;
        cursor.NextOfMember = member.Cursors;
        member.Cursors = cursor;
        member.Outbox.Enqueue(cursor);
        member.Outbox.CountQueued(cursor.Lag);
    }

    private static bool HasCursor(LogCursor? cursor, ShardLog log)
    {
        while (cursor is not null && !ReferenceEquals(cursor.Log, log))
        {
            cursor = cursor.NextOfMember;
        }

        return cursor is not null;
    }

    private static bool SkipTo(ref SegmentView view, ref int index, long sequence)
    {
        while (true)
        {
            index = view.Segment.FirstAfter(sequence, index, view.Dispatched);
            if (index < view.Dispatched)
            {
                return true;
            }

            if (view.Next is not { Dispatched: > 0 } next)
            {
                return false;
            }

            view = next;
            index = 0;
        }
    }

    private bool StandsBefore(Outbox outbox, ShardLog log, long sequence)
    {
        var place = _members.Find(outbox);
        for (var cursor = place < 0 ? null : _members[place].Cursors; cursor is not null; cursor = cursor.NextOfMember)
        {
            if (ReferenceEquals(cursor.Log, log))
            {
                return cursor.Sequence <= sequence;
            }
        }

        return false;
    }

    private void RemoveMember(int place)
    {
        while (_members[place].Cursors is { } cursor)
        {
            RemoveCursor(cursor);
        }

        _members.RemoveAt(place);
        if (_members.Count == 0)
        {
            Dispatcher.NoteIdle(this);
        }
    }

    private long DrainingSequence(Outbox outbox)
    {
        foreach (var draining in _draining!)
        {
            if (ReferenceEquals(draining.Outbox, outbox))
            {
                return draining.Sequence;
            }
        }

        return long.MaxValue;
    }

    private void EndDraining(Outbox outbox)
    {
        for (var each = 0; _draining is not null && each < _draining.Count; each++)
        {
            if (ReferenceEquals(_draining[each].Outbox, outbox))
            {
                var completion = _draining[each].Completion;
                _draining.RemoveAt(each);
                Queue.EndDraining(outbox);
                completion?.Complete();
                return;
            }
        }
    }

    // True while a member waits for something that is not dispatched yet.
    private bool FinishDraining(long complete)
    {
        var waiting = false;
        for (var each = _draining!.Count - 1; each >= 0; each--)
        {
            var draining = _draining[each];
            var place = _members.Find(draining.Outbox);
            if (draining.Sequence > complete)
            {
                waiting = true;
            }
            else if (_members[place].Cursors is null)
            {
                RemoveMember(place);
                EndDraining(draining.Outbox);
            }
        }

        return waiting;
    }

    private readonly record struct DrainingMember(Outbox Outbox, long Sequence, LeaveCompletion? Completion);
}
