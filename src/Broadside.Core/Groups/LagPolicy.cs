using Broadside.Channels;

namespace Broadside.Groups;

/// <summary>What is done about members that lag too far. Looks only at the cursors in the oldest segments, least urgent first.</summary>
internal static class LagPolicy
{
    /// <summary>Applies the queue's policy on one channel, after a dispatch.</summary>
    public static void Enforce(GroupShard shard)
    {
        var owner = shard.Queue.Owner;
        if (owner.SlowMembers == SlowMemberPolicy.Wait)
        {
            return;
        }

        while (TotalLag(shard) > owner.MaximumLag)
        {
            var found = false;
            for (var priority = RecordPriority.Count - 1; priority >= 0; priority--)
            {
                found |= shard.Find(priority) is { } log && Visit(shard, log, owner);
            }

            if (!found)
            {
                return;
            }

            for (var log = shard.Logs; log is not null; log = log.Next)
            {
                log.Settle();
            }
        }
    }

    /// <summary>Disconnects the members that stand before a position of a log, as senders have waited for them in vain.</summary>
    public static void DisconnectLaggards(GroupShard shard, int priority, long position)
    {
        for (var view = shard.Find(priority)?.LowView; view is not null && view.BeginsBefore(position); view = view.Next)
        {
            for (var cursor = view.FirstCursor; cursor is not null;)
            {
                var next = cursor.NextInView;
                if (cursor.Position < position)
                {
                    Disconnect(cursor.Outbox, shard.Queue.Owner, SlowMemberPolicy.Wait, cursor.Lag);
                }

                cursor = next;
            }
        }
    }

    private static long TotalLag(GroupShard shard)
    {
        var total = 0L;
        for (var log = shard.Logs; log is not null; log = log.Next)
        {
            total += log.Lag;
        }

        return total;
    }

    private static bool Visit(GroupShard shard, ShardLog log, IQueueOwner owner)
    {
        var found = false;
        for (var cursor = log.LowView?.FirstCursor; cursor is not null;)
        {
            var next = cursor.NextInView;
            var lag = shard.LagOf(cursor.MemberIndex);
            if (lag > owner.MaximumLag)
            {
                found |= Apply(shard, cursor, owner, lag);
            }

            cursor = next;
        }

        return found;
    }

    private static bool Apply(GroupShard shard, LogCursor cursor, IQueueOwner owner, long lag)
    {
        if (owner.SlowMembers == SlowMemberPolicy.Disconnect)
        {
            Disconnect(cursor.Outbox, owner, SlowMemberPolicy.Disconnect, lag);
            return true;
        }

        return DropOldest(shard, cursor, owner, lag);
    }

    private static void Disconnect(Outbox outbox, IQueueOwner owner, SlowMemberPolicy policy, long lag)
    {
        outbox.Disconnect(CloseReason.SlowMember);
        owner.OnSlowMember(outbox, policy, 0, lag);
    }

    // An eighth more than needed, so that a member that stays slow is not visited for every record.
    private static bool DropOldest(GroupShard shard, LogCursor cursor, IQueueOwner owner, long lag)
    {
        var outbox = cursor.Outbox;
        var place = cursor.MemberIndex;
        var excess = lag - (owner.MaximumLag - (owner.MaximumLag / 8));
        var (records, bytes) = (0L, 0L);
        for (var priority = RecordPriority.Count - 1; priority >= 0 && excess > 0; priority--)
        {
            for (var each = shard.CursorsOf(place); each is not null; each = each.NextOfMember)
            {
                if (each.Priority == priority)
                {
                    var before = each.Lag;
                    var dropped = each.DropTo(Math.Max(0, before - excess));
                    records += dropped.Records;
                    bytes += dropped.Bytes;
                    excess -= before - each.Lag;
                }
            }
        }

        if (records > 0)
        {
            owner.OnSlowMember(outbox, SlowMemberPolicy.DropOldest, records, bytes);
        }

        return shard.LagOf(place) < lag;
    }
}
