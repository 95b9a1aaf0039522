using Broadside.Channels;
using Broadside.NetStack.Tcp;

namespace Broadside.NetStack;

/// <content>Ending: in order, by either side's reset, or by a deadline.</content>
internal sealed partial class NetStackConnection
{
    public override void ShutdownSend()
    {
        if (Is(State.ShuttingDown | State.Ended))
        {
            return;
        }

        _state |= State.ShuttingDown;
        if (_tcp is { } tcp)
        {
            tcp.ShutdownSend();
            LimitLastAcknowledgment(tcp);
        }
    }

    public override void Close()
    {
        if (Is(State.Closing | State.Ended))
        {
            return;
        }

        if (_tcp is not { } tcp || !Is(State.Established))
        {
            Abort();
            return;
        }

        _state |= State.Closing;
        ScheduleReset();
        ShutdownSend();
        if (!Is(State.Delivering))
        {
            tcp.DiscardReceived(Owner.Time);
        }

        Enqueue();
    }

    public override void Abort(CloseReason reason = CloseReason.Aborted, Exception? error = null)
    {
        if (Is(State.Ended))
        {
            return;
        }

        End(reason, error);
        _tcp?.Abort(Owner.Time);
        Enqueue();
    }

    // Both directions have ended, but the peer has not acknowledged everything: it has as long for that as for a graceful close.
    private void LimitLastAcknowledgment(TcpConnection tcp)
    {
        if (Is(State.PeerClosed) && Is(State.ShuttingDown) && !Is(State.Ended) && !tcp.IsClosed)
        {
            ScheduleReset();
        }
    }

    private void ScheduleReset()
    {
        _ending ??= new Ending(this);
        if (!_ending.IsScheduled)
        {
            Channel.Schedule(_ending, _transport.CloseTimeout);
        }
    }

    private void EndIfOver(TcpConnection tcp)
    {
        if (Is(State.Ended))
        {
            return;
        }

        if (!tcp.IsClosed)
        {
            if (Is(State.Closing) && !_transport.LingerOnClose && tcp.IsFinAcknowledged)
            {
                End(CloseReason.Closed, null);
            }
        }
        else if (tcp.CloseReason != TcpCloseReason.Closed)
        {
            End(CloseReasons.Of(tcp.CloseReason), CloseReasons.ErrorOf(tcp.CloseReason));
        }
        else if (Is(State.Closing | State.PeerClosed))
        {
            // Else what is unread comes first.
            End(CloseReason.Closed, null);
        }
    }

    private void End(CloseReason reason, Exception? error)
    {
        _state |= State.Ended;
        _ending ??= new Ending(this);
        _ending.Set(reason, error);
        Channel.Cancel(_ending);
    }

    private void TryFinish()
    {
        if (Is(State.Closed))
        {
            return;
        }

        _state |= State.Finishing;
        if (_tcp is { } tcp)
        {
            ReleaseBatches(tcp);
            if (_deferred > 0)
            {
                return;
            }

            LeaveToStack(tcp);
        }

        _state |= State.Closed;
        _extent = default;
        Owner.Remove(this);
        if (Handler is null)
        {
            return;
        }

        if (Is(State.Established))
        {
            Channel.Counters.CountConnection(-1);
        }

        RaiseClosed(_ending!.Reason, _ending.Error);
    }

    /// <summary>From here on the object that TCP keeps may become another connection.</summary>
    private void LeaveToStack(TcpConnection tcp)
    {
        _tcp = null;
        if (tcp.IsClosed)
        {
            tcp.Release();
        }
        else
        {
            tcp.Orphan(Owner.Time);
        }
    }

    /// <summary>Why a connection ends; before that, the deadline of its connecting or of its graceful close.</summary>
    private sealed class Ending(NetStackConnection connection) : ChannelTimer
    {
        public CloseReason Reason { get; private set; }

        public Exception? Error { get; private set; }

        public void Set(CloseReason reason, Exception? error)
        {
            Reason = reason;
            Error = error;
        }

        protected internal override void OnDue() => connection.Abort(CloseReason.TimedOut);
    }
}
