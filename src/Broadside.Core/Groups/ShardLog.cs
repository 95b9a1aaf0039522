using System.Diagnostics;

namespace Broadside.Groups;

/// <summary>
/// One channel's side of one log: how far it has dispatched to its members, the segments any of them still needs, and how far the
/// slowest has come. Touched on the channel's thread only, except where said.
/// </summary>
internal sealed class ShardLog(GroupShard shard, GroupLog log)
{
    private SegmentView? _current;
    private SegmentView? _lowView;
    private int _lowIndex;
    private bool _touched;
    private long _publishedLow;
    private Segment? _entrySegment;
    private int _entryIndex;
    private long _entryPosition;

    public GroupShard Shard { get; } = shard;

    public int Priority => log.Priority;

    public GroupLog Log => log;

    /// <summary>Another log of the shard, in no order. Set before the log is shown.</summary>
    public ShardLog? Next { get; init; }

    /// <summary>Whether the channel holds segments of the log. Under the append lock.</summary>
    public bool IsAttached { get; private set; }

    /// <summary>The cost of everything dispatched to the members, counted from the log's beginning.</summary>
    public long DispatchedPosition { get; private set; }

    /// <summary>Where the entry dispatched last begins.</summary>
    public long NewestPosition { get; private set; }

    /// <summary>Where the slowest member stands. Read from any thread.</summary>
    public long LowPosition => Volatile.Read(ref _publishedLow);

    /// <summary>What the slowest member has still to be sent.</summary>
    public long Lag => Math.Max(0, DispatchedPosition - LowPosition);

    public SegmentView? LowView => _lowView;

    public bool IsDrained => _lowView is null || IsCaughtUp;

    private bool IsCaughtUp => ReferenceEquals(_lowView, _current) && _lowIndex == _current!.Dispatched;

    /// <summary>Has the channel hold the log's segments from the entry to be appended next on. Under the append lock.</summary>
    public void Attach()
    {
        Debug.Assert(!IsAttached);
        var tail = log.Tail!;
        tail.AddReference();
        IsAttached = true;
        log.AttachedCount++;
        _entryIndex = tail.EntryCount;
        _entryPosition = log.EndPosition;
        Volatile.Write(ref _publishedLow, log.EndPosition);
        Volatile.Write(ref _entrySegment, tail);
    }

    /// <summary>Shows the members what was committed up to and including <paramref name="sequence"/>.</summary>
    public DispatchResult Dispatch(long sequence)
    {
        if (_current is null && !TryEnter())
        {
            return DispatchResult.Nothing(false, long.MaxValue);
        }

        var startView = _current!;
        var startIndex = startView.Dispatched;
        var startPosition = DispatchedPosition;
        var more = Scan(sequence, out var blockedAt);
        if (startIndex == startView.Dispatched)
        {
            if (ReferenceEquals(startView, _current))
            {
                return DispatchResult.Nothing(more, blockedAt);
            }

            startView = startView.Next!;
            startIndex = 0;
            if (startView.Dispatched == 0)
            {
                return DispatchResult.Nothing(more, blockedAt);
            }
        }

        return new DispatchResult(startView, startIndex, DispatchedPosition - startPosition, more, blockedAt);
    }

    public void MarkTouched()
    {
        if (!_touched)
        {
            _touched = true;
            Shard.Dispatcher.Touch(this);
        }
    }

    /// <summary>Follows the slowest member and lets go of what nobody needs. Once a round after cursors moved.</summary>
    public void Settle()
    {
        _touched = false;
        if (_current is null)
        {
            return;
        }

        AdvanceLow();
        var low = _lowIndex < _lowView!.Dispatched ? _lowView.Segment.Entries[_lowIndex].Position : DispatchedPosition;
        if (low != _publishedLow)
        {
            // A full fence: a sender who waits for space and did not see this must be seen here.
            Interlocked.Exchange(ref _publishedLow, low);
            Shard.Queue.SignalSpace();
        }

        if (IsDrained)
        {
            Shard.Dispatcher.NoteIdle(Shard);
        }
    }

    /// <summary>Counts, and keeps from binding the entry, the members that have not begun it.</summary>
    /// <returns>False when the entry is past for all members on this channel.</returns>
    public bool TryWithdraw(long sequence, out int members, out int receivers)
    {
        var before = 0;
        for (var view = _lowView; view is not null; view = view.Next)
        {
            var end = view.Dispatched;
            if (end > 0 && view.Segment.Entries[end - 1].Sequence >= sequence)
            {
                var index = view.Segment.FirstAfter(sequence - 1, 0, end);
                if (view.Segment.Entries[index].Sequence != sequence)
                {
                    break;
                }

                members = view.Segment.Entries[index].Members;
                receivers = view.Withdraw(index, CountReceivers(view, index, before + view.CountUpTo(index)));
                return true;
            }

            before += view.CursorCount;
        }

        members = receivers = 0;
        return false;
    }

    /// <summary>The pending sends of a record, oldest first, with the members at the time of sending.</summary>
    public void FindRecord(long recordId, List<(long Sequence, int Members)> found)
    {
        var start = _lowIndex;
        for (var view = _lowView; view is not null; view = view.Next)
        {
            for (var index = start; index < view.Dispatched; index++)
            {
                ref var entry = ref view.Segment.Entries[index];
                if (entry.RecordId == recordId)
                {
                    found.Add((entry.Sequence, entry.Members));
                }
            }

            start = 0;
        }
    }

    /// <summary>Lets go of the log, if there is nothing left to bind in it. Under the append lock.</summary>
    /// <param name="discard">Lets go also of what no member has been sent: there are no members.</param>
    public bool TryDetach(bool discard)
    {
        if (!IsAttached || (_current is null && !TryEnter()))
        {
            return false;
        }

        if (discard)
        {
            Scan(long.MaxValue, out _);
        }

        if (!IsIdle())
        {
            return false;
        }

        IsAttached = false;
        log.AttachedCount--;
        for (var view = _lowView; view is not null;)
        {
            var next = view.Next;
            view.Pass();
            view = next;
        }

        _current = _lowView = null;
        if (log.AttachedCount == 0)
        {
            log.DropTail();
        }

        return true;
    }

    // Nothing undispatched (an entry reserved and not committed counts: its publisher still writes) or unread.
    private bool IsIdle()
    {
        if (_current!.Segment.Next is not null || _current.Dispatched != _current.Segment.EntryCount)
        {
            return false;
        }

        for (var view = _lowView; view is not null; view = view.Next)
        {
            if (view.CursorCount > 0)
            {
                return false;
            }
        }

        return true;
    }

    private bool TryEnter()
    {
        var segment = Volatile.Read(ref _entrySegment);
        if (segment is null)
        {
            return false;
        }

        _entrySegment = null;
        DispatchedPosition = _entryPosition;
        _current = _lowView = SegmentView.Rent(segment);
        _current.StartAt(_entryIndex);
        _lowIndex = _entryIndex;
        return true;
    }

    // Dispatches entry after entry. True when something newer than `sequence` is there already.
    private bool Scan(long sequence, out long blockedAt)
    {
        blockedAt = long.MaxValue;
        while (true)
        {
            var segment = _current!.Segment;
            var next = segment.Next;
            var count = segment.EntryCount;
            while (_current.Dispatched < count)
            {
                ref var entry = ref segment.Entries[_current.Dispatched];
                var flags = entry.Flags;
                if (entry.Sequence > sequence)
                {
                    return true;
                }

                if ((flags & EntryFlags.Committed) == 0)
                {
                    blockedAt = entry.Sequence;
                    return false;
                }

                _current.Dispatch(flags);
                NewestPosition = DispatchedPosition;
                DispatchedPosition += entry.Cost;
            }

            if (next is null)
            {
                return false;
            }

            var view = SegmentView.Rent(next);
            _current.Next = view;
            _current = view;
        }
    }

    // To the slowest cursor, or to the end of what was dispatched.
    private void AdvanceLow()
    {
        while (true)
        {
            var to = _lowView!.FirstCursorAt(_lowIndex);
            _lowView.PassLarge(_lowIndex, to);
            _lowIndex = to;
            if (to < _lowView.Dispatched || _lowView.Next is null)
            {
                return;
            }

            var passed = _lowView;
            _lowView = passed.Next;
            _lowIndex = 0;
            passed.Pass();
        }
    }

    // Of the members that stand before the entry, those that would have received it: not the one excepted, not those that left before
    // it was sent, and nobody if it is stale.
    private int CountReceivers(SegmentView view, int index, int standingBefore)
    {
        ref var entry = ref view.Segment.Entries[index];
        if ((entry.Flags & EntryFlags.Conditional) == 0)
        {
            return standingBefore - Shard.CountIneligible(this, null, entry.Sequence);
        }

        ref var conditions = ref view.Segment.ConditionsOf(index);
        return conditions.IsStale(entry.Sequence, Shard.Dispatcher.Now)
            ? 0
            : standingBefore - Shard.CountIneligible(this, conditions.Except, entry.Sequence);
    }
}

/// <summary>What a dispatch brought.</summary>
/// <param name="View">Where the new entries begin; null when there are none.</param>
/// <param name="Index">The first new entry.</param>
/// <param name="Cost">What the new entries add to each member's lag.</param>
/// <param name="HasMore">Newer entries wait for the next round.</param>
/// <param name="BlockedAt">The sequence of an entry reserved and not committed, where the dispatch had to stop; else the highest number.</param>
internal readonly record struct DispatchResult(SegmentView? View, int Index, long Cost, bool HasMore, long BlockedAt)
{
    public static DispatchResult Nothing(bool hasMore, long blockedAt) => new(null, 0, 0, hasMore, blockedAt);
}
