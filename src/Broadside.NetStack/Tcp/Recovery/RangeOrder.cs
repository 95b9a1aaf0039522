namespace Broadside.NetStack.Tcp.Recovery;

/// <summary>A list through ranges of one state.</summary>
internal struct RangeOrder
{
    public const int None = -1;

    public int First;
    public int Last;

    public static RangeOrder Empty => new() { First = None, Last = None };

    public void Append(SentRange[] ranges, int index) => InsertAfter(ranges, Last, index);

    /// <summary>Inserts behind <paramref name="previous"/>, or first.</summary>
    public void InsertAfter(SentRange[] ranges, int previous, int index)
    {
        var next = previous == None ? First : ranges[previous].OrderNext;
        ranges[index].OrderPrevious = previous;
        ranges[index].OrderNext = next;
        (previous == None ? ref First : ref ranges[previous].OrderNext) = index;
        (next == None ? ref Last : ref ranges[next].OrderPrevious) = index;
    }

    public void Remove(SentRange[] ranges, int index)
    {
        var (previous, next) = (ranges[index].OrderPrevious, ranges[index].OrderNext);
        (previous == None ? ref First : ref ranges[previous].OrderNext) = next;
        (next == None ? ref Last : ref ranges[next].OrderPrevious) = previous;
    }
}
