using System.Diagnostics.CodeAnalysis;

namespace Broadside.NetStack.Tcp;

/// <content>Connections and what is left of them, each made once and used again.</content>
internal sealed partial class TcpLayer
{
    private readonly Stack<TcpConnection> _freeConnections = new();
    private readonly Stack<TimeWait> _freeTimeWaits = new();
    private readonly Queue<TimeWait> _timeWaits = new();

    /// <summary>How many connections are in TIME-WAIT, or in FIN-WAIT-2 with nobody to hold them.</summary>
    public int TimeWaitCount { get; private set; }

    /// <summary>A connection is over: its segments are nobody's from now on.</summary>
    public void Forget(TcpConnection connection)
    {
        Remove(connection.Flow);
        Wheel.Cancel(connection);
        ConnectionCount--;
    }

    /// <summary>Keeps what a connection leaves behind for as long as its segments may be about. If there is too much, the oldest ends early.</summary>
    public void Wait(in TimeWaitStart start, TimeSpan now)
    {
        if (Settings.MaximumTimeWaits == 0)
        {
            return;
        }

        while (TimeWaitCount >= Settings.MaximumTimeWaits && _timeWaits.TryPeek(out var oldest))
        {
            Counters.TimeWaitsEvicted++;
            Forget(oldest);
            DropForgotten();
        }

        var timeWait = _freeTimeWaits.TryPop(out var free) ? free : new TimeWait(this);
        timeWait.IsForgotten = false;
        _endpoints.TryAdd(start.Flow, timeWait);
        TimeWaitCount++;
        _timeWaits.Enqueue(timeWait);
        timeWait.Start(start, now);
    }

    public void Forget(TimeWait timeWait)
    {
        Remove(timeWait.Flow);
        Wheel.Cancel(timeWait);
        TimeWaitCount--;
        timeWait.IsForgotten = true;
        DropForgotten();
    }

    // In the order of age; what ended out of turn waits here for those before it, which the time limit bounds.
    private void DropForgotten()
    {
        while (_timeWaits.TryPeek(out var oldest) && oldest.IsForgotten)
        {
            _timeWaits.Dequeue();
            if (!oldest.IsInControlList)
            {
                _freeTimeWaits.Push(oldest);
            }
        }
    }

    private bool TryRent([NotNullWhen(true)] out TcpConnection? connection)
    {
        connection = null;
        if (ConnectionCount >= Settings.MaximumConnections)
        {
            return false;
        }

        connection = _freeConnections.TryPop(out var free) ? free : new TcpConnection(this);
        ConnectionCount++;
        return true;
    }

    private void TryRecycle(TcpConnection connection)
    {
        if (connection.IsClosed && connection.IsReleased && connection.Lists == TcpLists.None && !connection.IsInControlList)
        {
            connection.Recycle();
            _freeConnections.Push(connection);
        }
    }

    private void RecycleForgotten(TcpEndpoint endpoint)
    {
        switch (endpoint)
        {
            case PendingConnection { IsForgotten: true } pending:
                _freePending.Push(pending);
                break;
            case TcpConnection connection:
                TryRecycle(connection);
                break;
        }
    }
}
