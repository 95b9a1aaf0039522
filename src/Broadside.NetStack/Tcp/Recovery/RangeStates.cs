using System.Diagnostics;

namespace Broadside.NetStack.Tcp.Recovery;

/// <summary>The ranges by their state: how much there is of each, what is in flight by time of sending, what is lost by sequence.</summary>
internal sealed class RangeStates(RangeSequence sequence)
{
    private const int None = RangeOrder.None;

    private RangeOrder _inFlight = RangeOrder.Empty;
    private RangeOrder _lost = RangeOrder.Empty;
    private int _lostHint = None;

    public int InFlightBytes { get; private set; }

    public int LostBytes { get; private set; }

    public int SackedBytes { get; private set; }

    public int SackedSegments { get; private set; }

    public int FirstInFlight => _inFlight.First;

    public int FirstLost => _lost.First;

    public int LastLost => _lost.Last;

    public void Clear()
    {
        (_inFlight, _lost, _lostHint) = (RangeOrder.Empty, RangeOrder.Empty, None);
        (InFlightBytes, LostBytes, SackedBytes, SackedSegments) = (0, 0, 0, 0);
    }

    public void Enter(int index, RangeState state)
    {
        ref var range = ref sequence.Ranges[index];
        range.State = state;
        Adjust(state, range.Length, range.Segments);
        if (state == RangeState.InFlight)
        {
            InsertByTime(index);
        }
        else if (state == RangeState.Lost)
        {
            InsertBySequence(index);
        }
    }

    /// <summary>What was taken for lost is in flight. Where the last such comes first, each is likely to have been sent before all others.</summary>
    public void EnterInFlightAgain(int index)
    {
        var ranges = sequence.Ranges;
        ranges[index].State = RangeState.InFlight;
        Adjust(RangeState.InFlight, ranges[index].Length, ranges[index].Segments);
        var (previous, next) = (None, _inFlight.First);
        while (next != None && ranges[next].SentAt < ranges[index].SentAt)
        {
            (previous, next) = (next, ranges[next].OrderNext);
        }

        _inFlight.InsertAfter(ranges, previous, index);
    }

    public void Leave(int index)
    {
        ref var range = ref sequence.Ranges[index];
        if (range.State == RangeState.InFlight)
        {
            _inFlight.Remove(sequence.Ranges, index);
        }
        else if (range.State == RangeState.Lost)
        {
            if (_lostHint == index)
            {
                _lostHint = range.OrderPrevious;
            }

            _lost.Remove(sequence.Ranges, index);
        }

        Adjust(range.State, -range.Length, -range.Segments);
    }

    /// <summary>A range's later part is now one by itself.</summary>
    public void OnSplit(int index, int later) =>
        (sequence.Ranges[later].State == RangeState.Lost ? ref _lost : ref _inFlight).InsertAfter(sequence.Ranges, index, later);

    public void Adjust(RangeState state, int bytes, int segments)
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

    /// <summary>Nearly always it was sent last.</summary>
    private void InsertByTime(int index)
    {
        var ranges = sequence.Ranges;
        var previous = _inFlight.Last;
        while (previous != None && ranges[previous].SentAt > ranges[index].SentAt)
        {
            previous = ranges[previous].OrderPrevious;
        }

        _inFlight.InsertAfter(ranges, previous, index);
    }

    /// <summary>Losses are found in the order of sending, mostly that of the sequence: the place is near that of the last one.</summary>
    private void InsertBySequence(int index)
    {
        var ranges = sequence.Ranges;
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
}
