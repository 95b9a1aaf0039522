using System.Diagnostics;
using Broadside.Records;

namespace Broadside.Groups;

/// <summary>
/// The append side of a group, or of a connection, which is a group of one: its members, its logs by priority, and the channels
/// that read them. Safe for use from any thread.
/// </summary>
/// <remarks>One short lock orders appends, joins and leaves. Bytes are copied outside it; deliveries never take it.</remarks>
internal sealed partial class SendQueue : IMemberQueue
{
    /// <summary>The longest record copied into a segment, where neighbours make one extent; longer ones are referred to.</summary>
    public const int LargestInline = 4096;

    private readonly SequenceClock _clock;
    private readonly Arena _arena;
    private readonly Lock _gate = new();
    private GroupLog? _logs;
    private KeyTable? _keys;
    private bool _closed;
    private long _sentAtTrim;

    public SendQueue(SequenceClock clock, Arena arena, IQueueOwner owner)
    {
        _clock = clock;
        _arena = arena;
        Owner = owner;
    }

    public IQueueOwner Owner { get; }

    /// <summary>Appends a record to its priority's log, once for all members.</summary>
    /// <exception cref="ArenaExhaustedException">There is no room; nothing was sent.</exception>
    /// <exception cref="ArgumentException">The record is longer than a member may lag.</exception>
    public SendOutcome TryAppend(in SendRequest request, out SendReceipt receipt)
    {
        ThrowIfTooLong(request.Length);
        var outcome = TryReserve(request, out var reservation, out receipt);
        if (reservation.Segment is not null)
        {
            Complete(request, reservation);
        }

        return outcome;
    }

    /// <summary>Appends several records in order: one lock and one notification for all of them.</summary>
    /// <param name="bodies">The records, for whose use the caller holds references.</param>
    /// <param name="template">How each is sent.</param>
    /// <param name="reservations">Scratch, as long as <paramref name="bodies"/>.</param>
    /// <param name="receipts">The sends' names, as long as <paramref name="bodies"/>.</param>
    /// <param name="sent">How many were appended: fewer than there are when the queue became full.</param>
    /// <exception cref="ArenaExhaustedException">There is no room for one; those before it were sent.</exception>
    public SendOutcome TryAppend(
        ReadOnlySpan<RecordEntry> bodies, in SendRequest template, Span<Reservation> reservations, Span<SendReceipt> receipts, out int sent)
    {
        foreach (var body in bodies)
        {
            ThrowIfTooLong(body.Length);
        }

        var outcome = SendOutcome.Sent;
        sent = 0;
        try
        {
            lock (_gate)
            {
                while (sent < bodies.Length)
                {
                    outcome = TryReserveLocked(template.For(bodies[sent]), out reservations[sent], out receipts[sent]);
                    if (outcome != SendOutcome.Sent)
                    {
                        break;
                    }

                    sent++;
                }
            }
        }
        finally
        {
            CompleteAll(bodies, template, reservations[..sent]);
        }

        return outcome;
    }

    /// <summary>Takes the next place in the log and in the order of sends; the bytes follow with <see cref="Complete"/>.</summary>
    public SendOutcome TryReserve(in SendRequest request, out Reservation reservation, out SendReceipt receipt)
    {
        lock (_gate)
        {
            return TryReserveLocked(request, out reservation, out receipt);
        }
    }

    /// <summary>Copies the bytes to the place reserved for them and tells the channels.</summary>
    public void Complete(in SendRequest request, Reservation reservation)
    {
        reservation.Complete(request);
        NotifyChannels();
    }

    private void CompleteAll(ReadOnlySpan<RecordEntry> bodies, in SendRequest template, ReadOnlySpan<Reservation> reservations)
    {
        for (var index = 0; index < reservations.Length; index++)
        {
            if (reservations[index].Segment is not null)
            {
                reservations[index].Complete(template.For(bodies[index]));
            }
        }

        NotifyChannels();
    }

    // Not only the channels that had members when the place was reserved: all that hold the entry must get past it.
    private void NotifyChannels()
    {
        foreach (var shard in Volatile.Read(ref _shards))
        {
            shard.Dispatcher.Post(shard);
        }
    }

    /// <summary>Whether a record of <paramref name="length"/> bytes would have to wait: never once the queue is closed.</summary>
    public bool IsFull(int length)
    {
        lock (_gate)
        {
            return !_closed && IsFullLocked(length);
        }
    }

    /// <summary>Refuses sends from now on, and ends all memberships once they were sent what is pending.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
        }

        SignalSpace();
        foreach (var member in Members())
        {
            RemoveDrained(member, null);
        }
    }

    /// <summary>Lets go of what a channel holds of drained logs, and of the channel itself when it has no members left. On its thread.</summary>
    public void Trim(GroupShard shard)
    {
        bool wasUsed;
        lock (_gate)
        {
            TrimLocked(shard);
            wasUsed = WasUsedLocked();
        }

        // A log let go of no longer counts as lagging.
        SignalSpace();
        if (wasUsed)
        {
            // Drained now, but in use: its owner need not make another so soon.
            shard.Dispatcher.NoteIdle(shard);
            return;
        }

        Owner.OnTrimmed(this);
    }

    /// <summary>
    /// Ends the queue if it holds nothing, so that its owner can drop it. A send that comes too late is told
    /// <see cref="SendOutcome.Closed"/>.
    /// </summary>
    public bool TryRetire()
    {
        lock (_gate)
        {
            for (var log = _logs; log is not null; log = log.Next)
            {
                if (log.AttachedCount > 0)
                {
                    return false;
                }
            }

            return _closed = true;
        }
    }

    private void TrimLocked(GroupShard shard)
    {
        var abandoned = shard.IsAbandoned;
        var attached = false;
        for (var log = shard.Logs; log is not null; log = log.Next)
        {
            attached |= log.IsAttached && !log.TryDetach(abandoned);
        }

        if (!attached && abandoned)
        {
            _shards = Without(_shards, shard);
        }
        else if (attached && abandoned)
        {
            shard.Dispatcher.NoteIdle(shard);
        }
    }

    // Whether something was sent since the last time this was asked.
    private bool WasUsedLocked()
    {
        var sent = 0L;
        for (var log = _logs; log is not null; log = log.Next)
        {
            sent += log.EndPosition;
        }

        var wasUsed = sent != _sentAtTrim;
        _sentAtTrim = sent;
        return wasUsed;
    }

    private SendOutcome TryReserveLocked(in SendRequest request, out Reservation reservation, out SendReceipt receipt)
    {
        reservation = default;
        receipt = default;
        if (_closed)
        {
            return SendOutcome.Closed;
        }

        var members = _members.Count - (request.Except is not null && _members.Contains(request.Except) ? 1 : 0);
        if (_active.Length == 0 || members == 0)
        {
            return SendOutcome.Sent;
        }

        if (Owner.SlowMembers == SlowMemberPolicy.Wait && IsFullLocked(request.Length))
        {
            return SendOutcome.Full;
        }

        var log = LogOf(request.Priority);
        var isLarge = request.Length > LargestInline;
        MakeRoom(log, isLarge ? 0 : request.Length);
        AttachActive(log);
        var sequence = _clock.Next();
        reservation = Reserve(log, request, isLarge, sequence, members);
        receipt = new SendReceipt(this, sequence, request.Priority, members);
        return SendOutcome.Sent;
    }

    private Reservation Reserve(GroupLog log, in SendRequest request, bool isLarge, long sequence, int members)
    {
        var segment = log.Tail!;
        var index = segment.Reserve(isLarge ? 0 : request.Length);
        ref var entry = ref segment.Entries[index];
        entry.Sequence = sequence;
        entry.Position = log.EndPosition;
        entry.RecordId = request.Body?.Id ?? 0;
        entry.Length = request.Length;
        entry.Members = members;
        if (isLarge)
        {
            Debug.Assert(request.Body is not null);
            request.Body.AddReferences(log.AttachedCount);
        }

        entry.Large = isLarge ? request.Body : null;

        entry.Fill((isLarge ? EntryFlags.Large : EntryFlags.None) | (request.IsConditional ? EntryFlags.Conditional : EntryFlags.None));
        if (request.IsConditional)
        {
            ref var conditions = ref segment.ConditionsOf(index);
            conditions.ExpiresAt = request.ExpiresAt == 0 ? long.MaxValue : request.ExpiresAt;
            conditions.Except = request.Except;
            conditions.Key = request.Key is { } key ? (_keys ??= new KeyTable()).Supersede(key, sequence, log, this) : null;
        }

        segment.Publish();
        log.Advance(entry.Cost);
        return new Reservation(segment, index);
    }

    private void MakeRoom(GroupLog log, int inlineLength)
    {
        if (!log.HasRoom(inlineLength))
        {
            log.AddSegment(_arena, inlineLength, log.EndPosition - LowPosition(log));
        }
    }

    private void AttachActive(GroupLog log)
    {
        foreach (var shard in _active)
        {
            var side = shard.SideOf(log);
            if (!side.IsAttached)
            {
                side.Attach();
            }
        }
    }

    private GroupLog LogOf(int priority) => Find(priority) ?? (_logs = new GroupLog(priority) { Next = _logs });

    private GroupLog? Find(int priority)
    {
        var log = _logs;
        while (log is not null && log.Priority != priority)
        {
            log = log.Next;
        }

        return log;
    }

    private bool IsFullLocked(int length)
    {
        var backlog = BacklogLocked();
        return backlog > 0 && backlog + length + LogEntry.Overhead > Owner.MaximumLag;
    }

    private long BacklogLocked()
    {
        var backlog = 0L;
        for (var log = _logs; log is not null; log = log.Next)
        {
            backlog += log.EndPosition - LowPosition(log);
        }

        return backlog;
    }

    /// <summary>Where the slowest member of the log stands, on any channel. Under the append lock.</summary>
    public long LowPosition(GroupLog log)
    {
        var low = log.EndPosition;
        foreach (var shard in _shards)
        {
            if (shard.Find(log.Priority) is { IsAttached: true } side)
            {
                low = Math.Min(low, side.LowPosition);
            }
        }

        return low;
    }

    private void ThrowIfTooLong(int length)
    {
        if (length + LogEntry.Overhead > Owner.MaximumLag)
        {
            throw new ArgumentException(
                $"A record of {length:N0} bytes is longer than a member may lag ({Owner.MaximumLag:N0} bytes, of which each record takes {LogEntry.Overhead}).");
        }
    }

    /// <summary>A place in a log whose bytes are still to come.</summary>
    public readonly record struct Reservation(Segment? Segment, int Index)
    {
        public void Complete(in SendRequest request)
        {
            ref var entry = ref Segment!.Entries[Index];
            if (entry.Large is null)
            {
                request.CopyTo(Segment.Bytes.Span.Slice(entry.Offset, entry.Length));
            }

            entry.Commit();
        }
    }
}

/// <summary>What became of an append.</summary>
internal enum SendOutcome
{
    /// <summary>Appended, or there was nobody to send to.</summary>
    Sent,

    /// <summary>The policy is to wait, and a member lags as far as it may.</summary>
    Full,

    /// <summary>The queue was closed.</summary>
    Closed,
}
