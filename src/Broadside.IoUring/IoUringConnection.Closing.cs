using Broadside.Channels;
using Broadside.IoUring.Interop;

namespace Broadside.IoUring;

/// <content>
/// Ending. The descriptor is closed when none of its operations is pending any more: closed under an armed receive, the socket would
/// send no end of stream and go on delivering.
/// </content>
internal sealed unsafe partial class IoUringConnection
{
    /// <summary>Whether the peer has ended its direction, or nobody waits for that.</summary>
    private bool HasPeerEnded => Is(State.PeerClosed) || (Is(State.Closing) && !_transport.LingerOnClose);

    private bool HasPendingOperation =>
        Is(State.Receiving | State.Watching | State.ShutdownPending) || _opening is not null || _send is { IsInFlight: true };

    public override void ShutdownSend()
    {
        if (Is(State.ShuttingDown | State.Ended))
        {
            return;
        }

        _state |= State.ShuttingDown;
        if (_send is null && Is(State.Established))
        {
            EndSending();
        }
    }

    public override void Close()
    {
        if (Is(State.Closing | State.Ended))
        {
            return;
        }

        if (!Is(State.Established))
        {
            Abort();
            return;
        }

        _state |= State.Closing;
        ScheduleReset();
        ShutdownSend();
        if (Is(State.EndReceived))
        {
            Enqueue();
        }

        AdjustReceive();
    }

    public override void Abort(CloseReason reason = CloseReason.Aborted, Exception? error = null) => End(reason, error, reset: true);

    private void Fail(int error) => Abort(CloseReasons.Of(error), Errno.ToException(error));

    private void EndSending()
    {
        _state |= State.ShutDown;

        // The close that follows at once ends the direction as well.
        if (HasPeerEnded && _unreleased == 0)
        {
            EndIfBothDirectionsHave();
            return;
        }

        // The ring's own operation takes a worker thread each time; a descriptor of the process for a moment is far cheaper.
        _state |= State.ShutdownPending;
        if (_descriptor >= 0)
        {
            OnShutdown(SystemCalls.Shutdown(_descriptor, SystemCalls.ShutdownSending));
            return;
        }

        ref var entry = ref Owner.Ring.Next();
        entry.Opcode = Opcode.InstallFile;
        entry.Flags = EntryFlags.FixedFile;
        entry.File = _file;
        entry.UserData = Key(OperationKind.InstallFile);
    }

    private void OnInstalledForShutdown(int result)
    {
        if (result >= 0)
        {
            var outcome = SystemCalls.Shutdown(result, SystemCalls.ShutdownSending);
            SystemCalls.Close(result);
            OnShutdown(outcome);
            return;
        }

        // No descriptor is left.
        ref var entry = ref Owner.Ring.Next();
        entry.Opcode = Opcode.Shutdown;
        entry.Flags = EntryFlags.FixedFile;
        entry.File = _file;
        entry.Length = SystemCalls.ShutdownSending;
        entry.UserData = Key(OperationKind.Shutdown);
    }

    private void OnShutdown(int result)
    {
        _state &= ~State.ShutdownPending;
        if (Is(State.Ended))
        {
            Enqueue();
        }
        else if (result < 0)
        {
            // Not connected any more: the peer has reset the connection, and nobody was told yet.
            Fail(-result);
        }
        else
        {
            EndIfBothDirectionsHave();
        }
    }

    private void EndIfBothDirectionsHave()
    {
        if (!HasPeerEnded || !Is(State.ShutDown) || Is(State.ShutdownPending | State.Ended))
        {
            return;
        }

        if (_unreleased == 0)
        {
            End(CloseReason.Closed, null, reset: false);
        }
        else
        {
            // The peer has not acknowledged everything: it has as long for that as for a graceful close.
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

    /// <summary>Has what is pending end. The last callbacks follow when it has.</summary>
    private void End(CloseReason reason, Exception? error, bool reset)
    {
        if (Is(State.Ended))
        {
            return;
        }

        _state |= State.Ended | (reset ? State.Resetting : State.None);
        _ending ??= new Ending(this);
        _ending.Set(reason, error);
        Channel.Cancel(_ending);
        if (!Is(State.Canceling))
        {
            CancelReceive();
        }

        if (Is(State.Watching))
        {
            Owner.Cancel(_key, OperationKind.Watch);
        }

        CancelSend();
        CancelOpening();
        Enqueue();
    }

    private void TryFinish()
    {
        if (Is(State.Closed) || HasPendingOperation)
        {
            return;
        }

        CloseFile();

        // Memory that was sent from without copying is in use until the kernel says so, also beyond the close.
        if (_unreleased > 0 || _send is { Notifications: > 0 })
        {
            return;
        }

        _state |= State.Closed;
        Owner.Remove(this, _key);
        if (Is(State.Established))
        {
            Channel.Counters.CountConnection(-1);
        }

        if (_backlog is { } backlog)
        {
            _backlog = null;
            Owner.Return(backlog);
        }

        _extent = default;
        Report();
    }

    private void Report()
    {
        if (Handler is null)
        {
            return;
        }

        if (_send is { } send)
        {
            var batch = send.Batch;
            _send = null;
            Owner.Return(send);
            RaiseSendReleased(batch);
        }

        RaiseClosed(_ending!.Reason, _ending.Error);
    }

    private void CloseFile()
    {
        if (_file < 0)
        {
            return;
        }

        // First: the close of the direct descriptor ends the connection only where it is the last.
        CloseDescriptor();
        Owner.CloseFile(_file, Is(State.Resetting));
        _file = -1;
    }

    /// <summary>Why a connection ends; before that, the deadline of its connecting or of its graceful close.</summary>
    private sealed class Ending(IoUringConnection connection) : ChannelTimer
    {
        public CloseReason Reason { get; private set; }

        public Exception? Error { get; private set; }

        public void Set(CloseReason reason, Exception? error)
        {
            Reason = reason;
            Error = error;
        }

        protected override void OnDue() => connection.Abort(CloseReason.TimedOut);
    }
}
