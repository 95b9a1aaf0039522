using System.Diagnostics;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp.Recovery;

/// <summary>Ranges in the order of their sequence numbers, without gaps, in one array that only ever grows.</summary>
internal sealed class RangeSequence
{
    public const int None = RangeOrder.None;

    private const int InitialCapacity = 16;

    private SentRange[] _ranges = new SentRange[InitialCapacity];
    private int _used;
    private int _free = None;

    public int First { get; private set; } = None;

    public int Last { get; private set; } = None;

    public int Count { get; private set; }

    /// <summary>The nodes; the array changes when a range is added.</summary>
    public SentRange[] Ranges => _ranges;

    public void Clear()
    {
        (First, Last, Count, _used, _free) = (None, None, 0, 0, None);
    }

    public int Append(in SentRange range) => InsertAfter(Last, range);

    /// <summary>Inserts behind <paramref name="previous"/>, or first.</summary>
    public int InsertAfter(int previous, in SentRange range)
    {
        var index = Rent();
        var next = previous == None ? First : _ranges[previous].Next;
        _ranges[index] = range;
        _ranges[index].Previous = previous;
        _ranges[index].Next = next;
        if (previous == None)
        {
            First = index;
        }
        else
        {
            _ranges[previous].Next = index;
        }

        if (next == None)
        {
            Last = index;
        }
        else
        {
            _ranges[next].Previous = index;
        }

        return index;
    }

    public void Remove(int index)
    {
        var (previous, next) = (_ranges[index].Previous, _ranges[index].Next);
        if (previous == None)
        {
            First = next;
        }
        else
        {
            _ranges[previous].Next = next;
        }

        if (next == None)
        {
            Last = previous;
        }
        else
        {
            _ranges[next].Previous = previous;
        }

        _ranges[index].Next = _free;
        _free = index;
        Count--;
    }

    /// <summary>The range with <paramref name="number"/> in it, which is looked for from <paramref name="hint"/> on.</summary>
    public int Find(SequenceNumber number, int hint)
    {
        var steps = int.MaxValue;
        TryFind(number, hint, ref steps, out var index);
        return index;
    }

    /// <summary>As <see cref="Find"/>, but gives up after so many steps and says where.</summary>
    public bool TryFind(SequenceNumber number, int hint, ref int steps, out int index)
    {
        Debug.Assert(First != None && number >= _ranges[First].Start && number < _ranges[Last].End);
        index = hint == None || Math.Abs(number - _ranges[hint].Start) > number - _ranges[First].Start ? First : hint;
        if (Math.Abs(number - _ranges[index].Start) > _ranges[Last].End - number)
        {
            index = Last;
        }

        while (_ranges[index].Start > number && steps-- > 0)
        {
            index = _ranges[index].Previous;
        }

        while (_ranges[index].End <= number && steps-- > 0)
        {
            index = _ranges[index].Next;
        }

        return steps >= 0;
    }

    private int Rent()
    {
        Count++;
        if (_free != None)
        {
            var index = _free;
            _free = _ranges[index].Next;
            return index;
        }

        if (_used == _ranges.Length)
        {
            Array.Resize(ref _ranges, _ranges.Length * 2);
        }

        return _used++;
    }
}
