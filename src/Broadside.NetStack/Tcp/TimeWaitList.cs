using System.Diagnostics;

namespace Broadside.NetStack.Tcp;

/// <summary>Connections in TIME-WAIT by age, so that the oldest can give way. Each knows its neighbors, and so leaves at no cost.</summary>
internal struct TimeWaitList
{
    private TimeWait? _newest;

    public TimeWait? Oldest { get; private set; }

    public int Count { get; private set; }

    public void Add(TimeWait timeWait)
    {
        timeWait.Older = _newest;
        timeWait.Newer = null;
        if (_newest is null)
        {
            Oldest = timeWait;
        }
        else
        {
            _newest.Newer = timeWait;
        }

        _newest = timeWait;
        Count++;
    }

    public void Remove(TimeWait timeWait)
    {
        Debug.Assert(Count > 0);
        if (timeWait.Older is { } older)
        {
            older.Newer = timeWait.Newer;
        }
        else
        {
            Oldest = timeWait.Newer;
        }

        if (timeWait.Newer is { } newer)
        {
            newer.Older = timeWait.Older;
        }
        else
        {
            _newest = timeWait.Older;
        }

        timeWait.Older = timeWait.Newer = null;
        Count--;
    }
}
