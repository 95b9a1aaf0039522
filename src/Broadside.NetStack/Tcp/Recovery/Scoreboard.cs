using System.Diagnostics;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp.Recovery;

/// <summary>
/// What was sent and is not acknowledged yet (RFC 6675 section 3): which of it is in flight, lost or selectively acknowledged. A range is
/// split where a part of it fares differently, and neighbours that no longer differ are joined, so that the cost depends on the number of
/// differences, not on that of segments.
/// </summary>
internal sealed class Scoreboard(int maximumRanges)
{
    public const int None = RangeOrder.None;

    /// <summary>Kept back from new data, for splitting.</summary>
    private readonly int _reserve = maximumRanges / 8;

    private readonly RangeSequence _sequence = new();
    private RangeOrder _inFlight = RangeOrder.Empty;
    private RangeOrder _lost = RangeOrder.Empty;
    private int _sackHint = None;
    private int _lostHint = None;
    private int _segmentSize;

    /// <summary>SND.UNA.</summary>
    public SequenceNumber Unacknowledged { get; private set; }

    /// <summary>SND.MAX: what would be sent next.</summary>
    public SequenceNumber Next { get; private set; }

    public int Outstanding => Next - Unacknowledged;

    public int InFlightBytes { get; private set; }

    public int LostBytes { get; private set; }

    public int SackedBytes { get; private set; }

    public int SackedSegments { get; private set; }

    public int Count => _sequence.Count;

    /// <summary>No new data should be sent: it could no longer be told apart from what was sent before.</summary>
    public bool IsFull => Count >= maximumRanges - _reserve && TailState != RangeState.InFlight;

    /// <summary>What was acknowledged selectively is not acknowledged with its predecessors: the receiver has discarded it (RFC 2018 section 8).</summary>
    public bool HasReneged => _sequence.First != None && _sequence.Ranges[_sequence.First].State == RangeState.Sacked;

    /// <summary>The range in flight that was sent first.</summary>
    public int OldestInFlight => _inFlight.First;

    public int FirstRange => _sequence.First;

    private RangeState TailState => _sequence.Last == None ? RangeState.InFlight : _sequence.Ranges[_sequence.Last].State;

    public ref readonly SentRange this[int index] => ref _sequence.Ranges[index];

    public void Start(SequenceNumber next, int segmentSize)
    {
        _sequence.Clear();
        (_inFlight, _lost) = (RangeOrder.Empty, RangeOrder.Empty);
        (_sackHint, _lostHint) = (None, None);
        (InFlightBytes, LostBytes, SackedBytes, SackedSegments) = (0, 0, 0, 0);
        (Unacknowledged, Next, _segmentSize) = (next, next, segmentSize);
    }

    /// <summary>New data was sent.</summary>
    public void Append(int length, TimeSpan now)
    {
        Debug.Assert(length > 0);
        var tail = _sequence.Last;
        if (tail != None && CanExtend(in _sequence.Ranges[tail], now))
        {
            Extend(tail, length, now);
        }
        else
        {
            var added = _sequence.Append(new() { Start = Next, Length = length, Segments = SegmentsIn(length), SentAt = now });
            _inFlight.Append(_sequence.Ranges, added);
        }

        InFlightBytes += length;
        Next += length;
    }

    /// <summary>Something was sent again. It is in flight once more, unless the receiver has it.</summary>
    public void Retransmit(SequenceNumber start, int length, TimeSpan now)
    {
        var end = start + length;
        for (var index = _sequence.Find(start, _lost.First); index != None && _sequence.Ranges[index].Start < end;)
        {
            if (_sequence.Ranges[index].State != RangeState.Sacked)
            {
                index = Isolate(index, start, end);
                Leave(index);
                ref var range = ref _sequence.Ranges[index];
                range.SentAt = now;
                range.IsRetransmitted = true;
                range.Segments = SegmentsIn(range.Length);
                Enter(index, RangeState.InFlight);
                index = Join(index);
            }

            index = _sequence.Ranges[index].Next;
        }
    }

    /// <summary>Everything before <paramref name="number"/> is acknowledged.</summary>
    public void Acknowledge(SequenceNumber number, Delivery delivery)
    {
        Debug.Assert(number <= Next);
        while (_sequence.First is var index and not None && _sequence.Ranges[index].Start < number)
        {
            if (_sequence.Ranges[index].End > number)
            {
                TrimFirst(index, number, delivery);
                break;
            }

            delivery.OnAcknowledged(in _sequence.Ranges[index]);
            Remove(index);
        }

        Unacknowledged = SequenceNumber.Max(Unacknowledged, number);
    }

    /// <summary>A part of what is outstanding is acknowledged selectively.</summary>
    public void Sack(SackBlock block, Delivery delivery)
    {
        Debug.Assert(block.LeftEdge >= Unacknowledged && block.RightEdge <= Next && block.LeftEdge < block.RightEdge);
        var index = _sequence.Find(block.LeftEdge, _sackHint);
        while (index != None && _sequence.Ranges[index].Start < block.RightEdge)
        {
            if (_sequence.Ranges[index].State != RangeState.Sacked)
            {
                index = Isolate(index, block.LeftEdge, block.RightEdge);
                if (!IsInside(in _sequence.Ranges[index], block))
                {
                    // Too many ranges to split one more: we go on as though we had not been told.
                    index = _sequence.Ranges[index].Next;
                    continue;
                }

                delivery.OnSacked(in _sequence.Ranges[index]);
                Leave(index);
                Enter(index, RangeState.Sacked);
                index = Join(index);
            }

            _sackHint = index;
            index = _sequence.Ranges[index].Next;
        }
    }

    /// <summary>The next range in flight in the order of sending.</summary>
    public int NextInFlight(int index) => _sequence.Ranges[index].OrderNext;

    public int NextRange(int index) => _sequence.Ranges[index].Next;

    public void MarkLost(int index)
    {
        Debug.Assert(_sequence.Ranges[index].State == RangeState.InFlight);
        Leave(index);
        Enter(index, RangeState.Lost);
    }

    /// <summary>Without SACK, only the first segment is known to be missing (RFC 6582 section 3.2).</summary>
    public bool MarkFirstSegmentLost()
    {
        if (_sequence.First is not (var first and not None) || _sequence.Ranges[first].State != RangeState.InFlight)
        {
            return false;
        }

        MarkLost(Isolate(first, Unacknowledged, Unacknowledged + _segmentSize));
        return true;
    }

    /// <summary>All that is in flight was lost; what the receiver has, it is believed to have.</summary>
    public void MarkAllLost()
    {
        while (_inFlight.First is var index and not None)
        {
            MarkLost(index);
        }
    }

    /// <summary>What was selectively acknowledged was discarded by the receiver (RFC 2018 section 8).</summary>
    public void ForgetSacks()
    {
        for (var index = _sequence.First; index != None; index = _sequence.Ranges[index].Next)
        {
            if (_sequence.Ranges[index].State == RangeState.Sacked)
            {
                Leave(index);
                Enter(index, RangeState.Lost);
            }
        }

        _sackHint = None;
    }

    /// <summary>Nothing was lost after all: it is in flight.</summary>
    public void MarkNoneLost()
    {
        // From the last on, each is likely to have been sent before all that is in flight by then.
        while (_lost.Last is var index and not None)
        {
            Leave(index);
            ref var range = ref _sequence.Ranges[index];
            range.State = RangeState.InFlight;
            Account(RangeState.InFlight, range.Length, range.Segments);
            InsertByTimeFromFirst(index);
        }
    }

    /// <summary>The first lost bytes, at most <paramref name="maximum"/> of them.</summary>
    public bool TryGetLost(int maximum, out SequenceNumber start, out int length)
    {
        var index = _lost.First;
        (start, length) = (default, 0);
        if (index == None)
        {
            return false;
        }

        start = _sequence.Ranges[index].Start;
        for (; index != None && _sequence.Ranges[index].Start == start + length && length < maximum; index = _sequence.Ranges[index].OrderNext)
        {
            length += Math.Min(_sequence.Ranges[index].Length, maximum - length);
        }

        return true;
    }

    /// <summary>Segments larger than now possible cannot have passed; true if there are any.</summary>
    public bool OnSegmentSizeChanged(int segmentSize)
    {
        _segmentSize = segmentSize;
        var any = false;
        for (var index = _sequence.First; index != None; index = _sequence.Ranges[index].Next)
        {
            ref var range = ref _sequence.Ranges[index];
            if (range.State == RangeState.InFlight && range.Length > (long)range.Segments * segmentSize)
            {
                range.Segments = SegmentsIn(range.Length);
                MarkLost(index);
                any = true;
            }
        }

        return any;
    }

    private int SegmentsIn(int length) => (length + _segmentSize - 1) / _segmentSize;

    private bool CanExtend(in SentRange tail, TimeSpan now) =>
        tail.State == RangeState.InFlight
        && ((tail.SentAt == now && !tail.IsRetransmitted) || Count >= maximumRanges - _reserve);

    private void Extend(int tail, int length, TimeSpan now)
    {
        ref var range = ref _sequence.Ranges[tail];
        range.Length += length;
        range.Segments += SegmentsIn(length);
        if (range.SentAt != now)
        {
            range.SentAt = now;
            _inFlight.Remove(_sequence.Ranges, tail);
            _inFlight.Append(_sequence.Ranges, tail);
        }
    }

    private void TrimFirst(int index, SequenceNumber number, Delivery delivery)
    {
        ref var range = ref _sequence.Ranges[index];
        var trimmed = range;
        trimmed.Length = number - range.Start;
        delivery.OnAcknowledged(in trimmed);
        var segments = Math.Max(1, range.Segments - SegmentsIn(trimmed.Length));
        Account(range.State, -trimmed.Length, segments - range.Segments);
        (range.Start, range.Length, range.Segments) = (number, range.Length - trimmed.Length, segments);
    }

    private static bool IsInside(in SentRange range, SackBlock block) => range.Start >= block.LeftEdge && range.End <= block.RightEdge;

    /// <summary>Splits off what lies outside of two edges, as far as there may be more ranges; what remains keeps its place in the order.</summary>
    private int Isolate(int index, SequenceNumber start, SequenceNumber end)
    {
        if (_sequence.Ranges[index].Start < start && Count < maximumRanges)
        {
            index = Split(index, start - _sequence.Ranges[index].Start);
        }

        if (_sequence.Ranges[index].End > end && Count < maximumRanges)
        {
            Split(index, end - _sequence.Ranges[index].Start);
        }

        return index;
    }

    /// <summary>Splits a range that is in flight or lost, and returns the later part.</summary>
    private int Split(int index, int length)
    {
        ref var range = ref _sequence.Ranges[index];
        Debug.Assert(length > 0 && length < range.Length && range.State != RangeState.Sacked);
        var later = range;
        later.Start += length;
        later.Length -= length;
        later.Segments = Math.Max(1, range.Segments - SegmentsIn(length));
        range.Length = length;
        range.Segments = SegmentsIn(length);
        var added = _sequence.InsertAfter(index, later);
        (later.State == RangeState.Lost ? ref _lost : ref _inFlight).InsertAfter(_sequence.Ranges, index, added);
        return added;
    }

    /// <summary>Joins a range with its neighbours where they no longer differ.</summary>
    private int Join(int index)
    {
        if (_sequence.Ranges[index].Next is var next and not None && AreAlike(in _sequence.Ranges[index], in _sequence.Ranges[next]))
        {
            Absorb(index, next);
        }

        if (_sequence.Ranges[index].Previous is var previous and not None && AreAlike(in _sequence.Ranges[previous], in _sequence.Ranges[index]))
        {
            Absorb(previous, index);
            index = previous;
        }

        return index;
    }

    private static bool AreAlike(in SentRange left, in SentRange right) =>
        left.State == right.State
        && (left.State == RangeState.Sacked || (left.SentAt == right.SentAt && left.IsRetransmitted == right.IsRetransmitted));

    private void Absorb(int index, int next)
    {
        ref var range = ref _sequence.Ranges[index];
        ref var absorbed = ref _sequence.Ranges[next];
        var (length, segments) = (absorbed.Length, absorbed.Segments);
        Remove(next);
        range.Length += length;
        range.Segments += segments;
        Account(range.State, length, segments);
        if (_sackHint == None && range.State == RangeState.Sacked)
        {
            _sackHint = index;
        }
    }

    private void Remove(int index)
    {
        Leave(index);
        if (_sackHint == index)
        {
            _sackHint = _sequence.Ranges[index].Previous;
        }

        _sequence.Remove(index);
    }

    /// <summary>Takes a range out of the list of its state.</summary>
    private void Leave(int index)
    {
        ref var range = ref _sequence.Ranges[index];
        if (range.State == RangeState.InFlight)
        {
            _inFlight.Remove(_sequence.Ranges, index);
        }
        else if (range.State == RangeState.Lost)
        {
            if (_lostHint == index)
            {
                _lostHint = range.OrderPrevious;
            }

            _lost.Remove(_sequence.Ranges, index);
        }

        Account(range.State, -range.Length, -range.Segments);
    }

    private void Enter(int index, RangeState state)
    {
        ref var range = ref _sequence.Ranges[index];
        range.State = state;
        Account(state, range.Length, range.Segments);
        if (state == RangeState.InFlight)
        {
            InsertByTime(index);
        }
        else if (state == RangeState.Lost)
        {
            InsertBySequence(index);
        }
    }

    /// <summary>Nearly always it was sent last.</summary>
    private void InsertByTime(int index)
    {
        var ranges = _sequence.Ranges;
        var previous = _inFlight.Last;
        while (previous != None && ranges[previous].SentAt > ranges[index].SentAt)
        {
            previous = ranges[previous].OrderPrevious;
        }

        _inFlight.InsertAfter(ranges, previous, index);
    }

    private void InsertByTimeFromFirst(int index)
    {
        var ranges = _sequence.Ranges;
        var (previous, next) = (None, _inFlight.First);
        while (next != None && ranges[next].SentAt < ranges[index].SentAt)
        {
            (previous, next) = (next, ranges[next].OrderNext);
        }

        _inFlight.InsertAfter(ranges, previous, index);
    }

    /// <summary>Losses are found in the order of sending, mostly that of the sequence: the place is near that of the last one.</summary>
    private void InsertBySequence(int index)
    {
        var ranges = _sequence.Ranges;
        var previous = _lostHint == None ? _lost.Last : _lostHint;
        while (previous != None && ranges[previous].Start > ranges[index].Start)
        {
            previous = ranges[previous].OrderPrevious;
        }

        var next = previous == None ? _lost.First : ranges[previous].OrderNext;
        while (next != None && ranges[next].Start < ranges[index].Start)
        {
            (previous, next) = (next, ranges[next].OrderNext);
        }

        _lost.InsertAfter(ranges, previous, index);
        _lostHint = index;
    }

    private void Account(RangeState state, int bytes, int segments)
    {
        switch (state)
        {
            case RangeState.InFlight:
                InFlightBytes += bytes;
                break;
            case RangeState.Lost:
                LostBytes += bytes;
                break;
            default:
                SackedBytes += bytes;
                SackedSegments += segments;
                break;
        }

        Debug.Assert(InFlightBytes >= 0 && LostBytes >= 0 && SackedBytes >= 0 && SackedSegments >= 0);
    }
}
