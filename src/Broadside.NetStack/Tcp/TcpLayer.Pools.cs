using System.Diagnostics.CodeAnalysis;

namespace Broadside.NetStack.Tcp;

/// <content>Connections and what is left of them, each made once and used again.</content>
internal sealed partial class TcpLayer
{
    private readonly Stack<TcpConnection> _freeConnections = new();
    private readonly Stack<TimeWait> _freeTimeWaits = new();
    private TimeWaitList _timeWaits;
    private int _pendingMade;

    /// <summary>How many connections are in TIME-WAIT, or in FIN-WAIT-2 with nobody to hold them.</summary>
    public int TimeWaitCount => _timeWaits.Count;

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

        if (TimeWaitCount >= Settings.MaximumTimeWaits)
        {
            Counters.TimeWaitsEvicted++;
            Forget(_timeWaits.Oldest!);
        }

        var timeWait = _freeTimeWaits.TryPop(out var free) ? free : new TimeWait(this);
        timeWait.IsForgotten = false;
        _endpoints.TryAdd(start.Flow, timeWait);
        _timeWaits.Add(timeWait);
        timeWait.Start(start, now);
    }

    public void Forget(TimeWait timeWait)
    {
        Remove(timeWait.Flow);
        Wheel.Cancel(timeWait);
        _timeWaits.Remove(timeWait);
        timeWait.IsForgotten = true;
        if (!timeWait.IsInControlList)
        {
            _freeTimeWaits.Push(timeWait);
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

    // As many as may be half open, and no more are ever made: those that ended may still stand in the list of those that want to send.
    private bool TryRentPending([NotNullWhen(true)] out PendingConnection? pending)
    {
        if (!_freePending.TryPop(out pending) && _pendingMade < Settings.MaximumPendingConnections)
        {
            pending = new PendingConnection(this);
            _pendingMade++;
        }

        return pending is not null;
    }

    private void RecycleForgotten(TcpEndpoint endpoint)
    {
        switch (endpoint)
        {
            case PendingConnection { IsForgotten: true } pending:
                _freePending.Push(pending);
                break;
            case TimeWait { IsForgotten: true } timeWait:
                _freeTimeWaits.Push(timeWait);
                break;
            case TcpConnection connection:
                TryRecycle(connection);
                break;
        }
    }
}
