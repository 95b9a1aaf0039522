using System.Diagnostics;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp.Recovery;

/// <summary>
/// What was sent and is not acknowledged yet (RFC 6675 section 3): which of it is in flight, lost or selectively acknowledged. A range is
/// split where a part of it fares differently, and neighbours that no longer differ are joined, so that the cost depends on the number of
/// differences, not on that of segments.
/// </summary>
internal sealed class Scoreboard
{
    public const int None = RangeOrder.None;

    /// <summary>Kept back from new data, for splitting.</summary>
    private readonly int _reserve;

    private readonly RangeSequence _sequence;
    private readonly RangeStates _states;
    private readonly int _maximumRanges;
    private int _sackHint = None;
    private int _segmentSize;

    public Scoreboard(int maximumRanges)
    {
        _maximumRanges = maximumRanges;
        _reserve = maximumRanges / 8;
        _sequence = new();
        _states = new(_sequence);
    }

    /// <summary>SND.UNA.</summary>
    public SequenceNumber Unacknowledged { get; private set; }

    /// <summary>SND.MAX: what would be sent next.</summary>
    public SequenceNumber Next { get; private set; }

    public int Outstanding => Next - Unacknowledged;

    public int InFlightBytes => _states.InFlightBytes;

    public int LostBytes => _states.LostBytes;

    public int SackedBytes => _states.SackedBytes;

    public int SackedSegments => _states.SackedSegments;

    public int Count => _sequence.Count;

    /// <summary>No new data should be sent: it could no longer be told apart from what was sent before.</summary>
    public bool IsFull => Count >= _maximumRanges - _reserve && TailState != RangeState.InFlight;

    /// <summary>What was acknowledged selectively is not acknowledged with its predecessors: the receiver has discarded it (RFC 2018 section 8).</summary>
    public bool HasReneged => _sequence.First != None && _sequence.Ranges[_sequence.First].State == RangeState.Sacked;

    /// <summary>The range in flight that was sent first.</summary>
    public int OldestInFlight => _states.FirstInFlight;

    public int FirstRange => _sequence.First;

    private RangeState TailState => _sequence.Last == None ? RangeState.InFlight : _sequence.Ranges[_sequence.Last].State;

    public ref readonly SentRange this[int index] => ref _sequence.Ranges[index];

    public void Start(SequenceNumber next, int segmentSize)
    {
        _sequence.Clear();
        _states.Clear();
        _sackHint = None;
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
            _states.Enter(added, RangeState.InFlight);
        }

        Next += length;
    }

    /// <summary>Something was sent again. It is in flight once more, unless the receiver has it.</summary>
    public void Retransmit(SequenceNumber start, int length, TimeSpan now)
    {
        var end = start + length;
        for (var index = _sequence.Find(start, _states.FirstLost); index != None && _sequence.Ranges[index].Start < end;)
        {
            if (_sequence.Ranges[index].State != RangeState.Sacked)
            {
                index = Isolate(index, start, end);
                _states.Leave(index);
                ref var range = ref _sequence.Ranges[index];
                range.SentAt = now;
                range.IsRetransmitted = true;
                range.Segments = SegmentsIn(range.Length);
                _states.Enter(index, RangeState.InFlight);
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
        var steps = int.MaxValue;
        TrySack(block, delivery, ref steps);
    }

    /// <summary>
    /// As <see cref="Sack"/>; false if the block lies further than so many ranges from where others did. The search goes on from where it
    /// ended once the block is repeated (RFC 2018 section 4), and what a hostile receiver can make it cost is bounded.
    /// </summary>
    public bool TrySack(SackBlock block, Delivery delivery, ref int steps)
    {
        Debug.Assert(block.LeftEdge >= Unacknowledged && block.RightEdge <= Next && block.LeftEdge < block.RightEdge);
        if (steps <= 0)
        {
            return false;
        }

        if (!_sequence.TryFind(block.LeftEdge, _sackHint, ref steps, out var index))
        {
            _sackHint = index;
            return false;
        }

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
                _states.Leave(index);
                _states.Enter(index, RangeState.Sacked);
                index = Join(index);
            }

            _sackHint = index;
            index = _sequence.Ranges[index].Next;
        }

        return true;
    }

    /// <summary>The next range in flight in the order of sending.</summary>
    public int NextInFlight(int index) => _sequence.Ranges[index].OrderNext;

    public int NextRange(int index) => _sequence.Ranges[index].Next;

    public void MarkLost(int index)
    {
        Debug.Assert(_sequence.Ranges[index].State == RangeState.InFlight);
        _states.Leave(index);
        _states.Enter(index, RangeState.Lost);
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
        while (_states.FirstInFlight is var index and not None)
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
                _states.Leave(index);
                _states.Enter(index, RangeState.Lost);
            }
        }

        _sackHint = None;
    }

    /// <summary>Nothing was lost after all: it is in flight.</summary>
    public void MarkNoneLost()
    {
        while (_states.LastLost is var index and not None)
        {
            _states.Leave(index);
            _states.EnterInFlightAgain(index);
        }
    }

    /// <summary>The first lost bytes, at most <paramref name="maximum"/> of them.</summary>
    public bool TryGetLost(int maximum, out SequenceNumber start, out int length)
    {
        var index = _states.FirstLost;
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
        && ((tail.SentAt == now && !tail.IsRetransmitted) || Count >= _maximumRanges - _reserve);

    private void Extend(int tail, int length, TimeSpan now)
    {
        _states.Leave(tail);
        ref var range = ref _sequence.Ranges[tail];
        range.Length += length;
        range.Segments += SegmentsIn(length);
        range.SentAt = now;
        _states.Enter(tail, RangeState.InFlight);
    }

    private void TrimFirst(int index, SequenceNumber number, Delivery delivery)
    {
        ref var range = ref _sequence.Ranges[index];
        var trimmed = range;
        trimmed.Length = number - range.Start;
        delivery.OnAcknowledged(in trimmed);
        var segments = Math.Max(1, range.Segments - SegmentsIn(trimmed.Length));
        _states.Adjust(range.State, -trimmed.Length, segments - range.Segments);
        (range.Start, range.Length, range.Segments) = (number, range.Length - trimmed.Length, segments);
    }

    private static bool IsInside(in SentRange range, SackBlock block) => range.Start >= block.LeftEdge && range.End <= block.RightEdge;

    /// <summary>Splits off what lies outside of two edges, as far as there may be more ranges; what remains keeps its place in the order.</summary>
    private int Isolate(int index, SequenceNumber start, SequenceNumber end)
    {
        if (_sequence.Ranges[index].Start < start && Count < _maximumRanges)
        {
            index = Split(index, start - _sequence.Ranges[index].Start);
        }

        if (_sequence.Ranges[index].End > end && Count < _maximumRanges)
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
        _states.OnSplit(index, added);
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
        _states.Adjust(range.State, length, segments);
        if (_sackHint == None && range.State == RangeState.Sacked)
        {
            _sackHint = index;
        }
    }

    private void Remove(int index)
    {
        _states.Leave(index);
        if (_sackHint == index)
        {
            _sackHint = _sequence.Ranges[index].Previous;
        }

        _sequence.Remove(index);
    }
}
