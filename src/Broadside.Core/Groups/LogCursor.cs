using System.Diagnostics;

namespace Broadside.Groups;

/// <summary>How far a lagging member has read one log. A member that has read everything has none.</summary>
internal sealed class LogCursor : PendingSource
{
    private ShardLog _log = null!;
    private SegmentView _view = null!;
    private int _index;
    private long _gapRecords;
    private long _gapBytes;

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
    public long Lag => IsAtEnd ? 0 : _log.DispatchedPosition - _view.Segment.Entries[_index].Position;

    private bool IsAtEnd => _index == _view.Dispatched;

    /// <summary>Places a cursor before an entry that has been dispatched.</summary>
    public static LogCursor Rent(ShardLog log, SegmentView view, int index, Outbox outbox, int memberIndex)
    {
        Debug.Assert(index < view.Dispatched);
        var cursor = Pool<LogCursor>.Rent();
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
        _gapRecords = _gapBytes = 0;
        Pool<LogCursor>.Return(this);
    }

    public override bool Bind(ref BindContext context, long sequenceLimit)
    {
        var lag = Lag;
        if (_gapRecords > 0)
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
    /// <returns>How many entries were dropped.</returns>
    public long DropTo(long lag)
    {
        var target = Math.Min(_log.DispatchedPosition - lag, _log.NewestPosition);
        var before = Lag;
        var dropped = 0L;
        while (!IsAtEnd && _view.Segment.Entries[_index].Position < target)
        {
            var to = _view.Segment.FirstAt(target, _index, _view.Dispatched);
            dropped += to - _index;
            AdvanceTo(to);
        }

        if (dropped > 0)
        {
            _gapRecords += dropped;
            _gapBytes += before - Lag;
            Outbox.CountBound(before - Lag);
            Outbox.Reposition(this);
            _log.MarkTouched();
        }

        return dropped;
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
        if (_view.IsWithdrawn(_index) || !IsWanted(ref context, entry.Flags, entry.Sequence))
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

    private bool IsWanted(ref BindContext context, EntryFlags flags, long sequence)
    {
        if ((flags & EntryFlags.Conditional) == 0)
        {
            return true;
        }

        ref var conditions = ref _view.Segment.ConditionsOf(_index);
        return !ReferenceEquals(conditions.Except, Outbox) && !conditions.IsStale(sequence, context.Now);
    }

    private void BindGapNotice(ref BindContext context)
    {
        var records = _gapRecords;
        var bytes = _gapBytes - (records * LogEntry.Overhead);
        _gapRecords = _gapBytes = 0;
        if (_log.Shard.MakeGapNotice(Outbox, records, bytes) is { } notice)
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
