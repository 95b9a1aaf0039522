using System.Diagnostics;

namespace Broadside.Groups;

/// <summary>How far a lagging member has read one log. A member that has read everything has none.</summary>
internal sealed class LogCursor : PendingSource
{
    private ShardLog _log = null!;
    private SegmentView _view = null!;
    private int _index;
    private Gap _gap;

    public ShardLog Log => _log;

    public SegmentView View => _view;

    public int Index => _index;

    /// <summary>The member's place in its shard's list.</summary>
    public int MemberIndex { get; set; }

    /// <summary>The member's cursor in another log of the group.</summary>
    public LogCursor? NextOfMember { get; set; }

    public LogCursor? NextInView { get; set; }

    public LogCursor? PreviousInView { get; set; }

    /// <summary>The last sequence to be bound: that of the member's draining leave, else unlimited.</summary>
    public long LastSequence { get; set; }

    /// <summary>The cost of what the member has still to be sent of this log.</summary>
    public long Lag => IsAtEnd ? 0 : _log.DispatchedPosition - Position;

    /// <summary>Where the next entry stands in the log; only while there is one.</summary>
    public long Position => _view.Segment.Entries[_index].Position;

    private bool IsAtEnd => _index == _view.Dispatched;

    /// <summary>Places a cursor before an entry that has been dispatched.</summary>
    public static LogCursor Rent(ShardLog log, SegmentView view, int index, Outbox outbox, int memberIndex)
    {
        Debug.Assert(index < view.Dispatched);
        var cursor = Pool.Rent<LogCursor>();
        cursor._log = log;
        cursor._view = view;
        cursor._index = index;
        cursor.Outbox = outbox;
        cursor.MemberIndex = memberIndex;
        cursor.Priority = log.Priority;
        cursor.LastSequence = long.MaxValue;
        cursor.Sequence = view.Segment.Entries[index].Sequence;
        view.Enter(cursor, index);
        return cursor;
    }

    public void Recycle()
    {
        Debug.Assert(!InHeap);
        if (!IsAtEnd)
        {
            _view.Leave(this, _index);
        }

        _log.MarkTouched();
        _view = null!;
        _log = null!;
        Outbox = null!;
        NextOfMember = null;
        _gap = default;
        Pool<LogCursor>.Return(this);
    }

    public override bool Bind(ref BindContext context, long sequenceLimit)
    {
        var lag = Lag;
        if (_gap.Records > 0)
        {
            BindGapNotice(ref context);
        }

        while (!IsAtEnd && context.HasRoom && Sequence <= sequenceLimit && Sequence <= LastSequence)
        {
            BindNext(ref context, Math.Min(sequenceLimit, LastSequence));
        }

        context.Outbox.CountBound(lag - Lag);
        _log.MarkTouched();
        if (!IsAtEnd && Sequence <= LastSequence)
        {
            return true;
        }

        _log.Shard.RemoveCursor(this);
        return false;
    }

    public override void Discard() => _log.Shard.RemoveCursor(this);

    /// <summary>Drops the oldest entries until at most <paramref name="lag"/> is left, or the newest entry alone.</summary>
    /// <returns>What the member will miss.</returns>
    public Gap DropTo(long lag)
    {
        var target = Math.Min(_log.DispatchedPosition - lag, _log.NewestPosition);
        var before = Lag;
        var gap = default(Gap);
        while (!IsAtEnd && Position < target)
        {
            var to = _view.Segment.FirstAt(target, _index, _view.Dispatched);
            CountMissed(ref gap, to);
            AdvanceTo(to);
        }

        if (Lag < before)
        {
            _gap = new Gap(_gap.Records + gap.Records, _gap.Bytes + gap.Bytes);
            Outbox.CountBound(before - Lag);
            Outbox.Reposition(this);
            _log.MarkTouched();
        }

        return gap;
    }

    // Of the entries before `to`, those that the member would have been sent.
    private void CountMissed(ref Gap gap, int to)
    {
        var segment = _view.Segment;
        var end = segment.FirstAfter(LastSequence, _index, to);
        if (end == _index)
        {
            return;
        }

        var records = end - _index;
        var bytes = segment.Entries[end - 1].Position + segment.Entries[end - 1].Cost - Position - ((long)records * LogEntry.Overhead);
        var now = _log.Shard.Dispatcher.Now;
        for (var index = _view.NextSpecial(_index, end); index < end; index = index + 1 < end ? _view.NextSpecial(index + 1, end) : end)
        {
            if (!IsWanted(index, now))
            {
                records--;
                bytes -= segment.Entries[index].Length;
            }
        }

        gap = new Gap(gap.Records + records, gap.Bytes + bytes);
    }

    private void BindNext(ref BindContext context, long sequenceLimit)
    {
        var segment = _view.Segment;
        if (_view.IsSpecial(_index))
        {
            BindSpecial(ref context, ref segment.Entries[_index]);
            AdvanceTo(_index + 1);
            return;
        }

        var end = _view.NextSpecial(_index, _view.Dispatched);
        if (segment.Entries[end - 1].Sequence > sequenceLimit)
        {
            end = segment.FirstAfter(sequenceLimit, _index, end);
        }

        end = segment.LastFitting(_index, end, context.Remaining);
        ref var first = ref segment.Entries[_index];
        ref var last = ref segment.Entries[end - 1];
        context.Add(segment.Bytes.Slice(first.Offset, last.Offset + last.Length - first.Offset), _view);
        AdvanceTo(end);
    }

    private void BindSpecial(ref BindContext context, ref LogEntry entry)
    {
        if (!IsWanted(_index, context.Now))
        {
            return;
        }

        if (entry.Large is null)
        {
            context.Add(_view.Segment.Bytes.Slice(entry.Offset, entry.Length), _view);
        }
        else
        {
            context.AddRecord(entry.Large, _view.LargeAt(_index)!);
        }
    }

    private bool IsWanted(int index, long now)
    {
        if (_view.IsWithdrawn(index))
        {
            return false;
        }

        ref var entry = ref _view.Segment.Entries[index];
        if ((entry.Flags & EntryFlags.Conditional) == 0)
        {
            return true;
        }

        ref var conditions = ref _view.Segment.ConditionsOf(index);
        return !ReferenceEquals(conditions.Except, Outbox) && !conditions.IsStale(entry.Sequence, now);
    }

    private void BindGapNotice(ref BindContext context)
    {
        var gap = _gap;
        _gap = default;
        if (_log.Shard.MakeGapNotice(Outbox, gap.Records, gap.Bytes) is { } notice)
        {
            var hold = RecordHold.Take(notice);
            context.AddRecord(hold.Body, hold);
        }
    }

    private void AdvanceTo(int index)
    {
        if (index < _view.Dispatched)
        {
            _view.Move(_index, index);
            _index = index;
        }
        else
        {
            _view.Leave(this, _index);
            _index = index;
            if (_view.Next is not { Dispatched: > 0 } next)
            {
                return;
            }

            _view = next;
            _index = 0;
            next.Enter(this, 0);
        }

        Sequence = _view.Segment.Entries[_index].Sequence;
    }
}

/// <summary>Records dropped from one member's log and not yet told of.</summary>
/// <param name="Records">How many.</param>
/// <param name="Bytes">Their bytes.</param>
internal readonly record struct Gap(long Records, long Bytes);
