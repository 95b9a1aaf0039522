using Broadside.Channels;
using Broadside.Connections;
using Broadside.Groups;

namespace Broadside;

/// <summary>What the connection is to its channel, to its outbox and to the queue of its direct sends. On the channel's thread.</summary>
public sealed partial class RecordConnection : IConnectionHandler, IOutboxTransport, IQueueOwner
{
    private long _lastReceived;
    private long _sendingSince;
    private HoldReasons _holds;
    private bool _hasPeerClosed;

    SlowMemberPolicy IQueueOwner.SlowMembers => Settings.Options.FullQueue;

    long IQueueOwner.MaximumLag => Settings.Options.MaximumDirectBytes;

    ContinuationScheduling IQueueOwner.Scheduling => Core.Scheduling;

    internal RecordConnection? NextOnChannel { get; set; }

    internal RecordConnection? PreviousOnChannel { get; set; }

    void IConnectionHandler.OnConnected(ChannelConnection connection)
    {
        _transport = connection;
        _lastReceived = Channel.Now;
        _host.Add(this);
        Settings.Handler.OnConnected(this);
    }

    void IConnectionHandler.OnReceived(ReceivedSegment segment)
    {
        _lastReceived = Channel.Now;
        if (IsOver)
        {
            return;
        }

        try
        {
            _host.Receiver.Receive(this, segment);
        }
        catch (ArenaExhaustedException exception)
        {
            Reset(Broadside.Channels.CloseReason.ArenaExhausted, exception);
        }
    }

    void IConnectionHandler.OnExtentReceived(Extent extent)
    {
        _lastReceived = Channel.Now;
        try
        {
            _host.Receiver.ReceivedExtent(this, extent);
        }
        catch (ArenaExhaustedException exception)
        {
            Reset(Broadside.Channels.CloseReason.ArenaExhausted, exception);
        }
    }

    void IConnectionHandler.OnSendAccepted(SendBatch batch)
    {
        _sendingSince = 0;
        Outbox.OnAccepted(batch.WasTakenAtOnce);
    }

    void IConnectionHandler.OnSendReleased(SendBatch batch) => Outbox.OnReleased((BoundBatch)batch);

    void IConnectionHandler.OnPeerClosed()
    {
        if (Backlog is null)
        {
            Settings.Handler.OnPeerClosed(this);
        }
        else
        {
            // What was left unread comes first.
            _hasPeerClosed = true;
        }
    }

    void IConnectionHandler.OnClosed(CloseReason reason, Exception? error)
    {
        _closeReason = reason;
        _isOver = true;
        Outbox.Close();
        Outbox.EndMemberships();
        Partial?.Discard();
        Partial = null;
        Backlog?.Discard();
        Backlog = null;
        _host.Remove(this);
        LogFailure(reason, error);
        try
        {
            Settings.Handler.OnClosed(this, reason, error);
        }
        finally
        {
            ReportClosed();
        }
    }

    SendStatus IOutboxTransport.Send(BoundBatch batch)
    {
        var status = _transport!.Send(batch);
        _sendingSince = status == SendStatus.Pending ? Channel.Now : 0;
        return status;
    }

    void IOutboxTransport.OnDrained() => _transport!.Close();

    void IOutboxTransport.Disconnect(CloseReason reason) => Reset(reason, null);

    Record? IQueueOwner.MakeGapNotice(Outbox member, long records, long bytes) => null;

    void IQueueOwner.OnSlowMember(Outbox member, SlowMemberPolicy policy, long records, long bytes)
    {
        if (policy == SlowMemberPolicy.DropOldest)
        {
            Core.Metrics.CountDroppedRecords(records);
        }
        else
        {
            Core.Metrics.CountDisconnectedMember();
        }
    }

    // An idle connection needs no queue: the next direct send makes another.
    void IQueueOwner.OnTrimmed(SendQueue queue)
    {
        lock (Outbox)
        {
            if (!ReferenceEquals(_direct, queue) || !queue.TryRetire())
            {
                return;
            }

            _direct = null;
        }

        Outbox.RemoveMembership(queue);
    }

    internal void ReceiveInto(Extent extent) => _transport!.ReceiveInto(extent);

    internal void Reset(CloseReason reason, Exception? error)
    {
        Outbox.Close();
        _transport?.Abort(reason, error);
    }

    internal void RefuseFraming(string reason)
    {
        if (Settings.Handler.OnInvalid(this, reason))
        {
            BeginClose();
        }
        else
        {
            Reset(Broadside.Channels.CloseReason.InvalidFraming, new InvalidDataException($"{this} sent what is no record: {reason}"));
        }
    }

    /// <summary>Receives no more until every reason not to was taken back by <see cref="Resume"/>.</summary>
    internal void HoldReceive(HoldReasons reason)
    {
        if (_holds == HoldReasons.None && !_isOver)
        {
            _transport!.PauseReceive();
        }

        _holds |= reason;
    }

    internal void Resume(HoldReasons reasons)
    {
        if ((_holds & reasons) == HoldReasons.None || IsOver)
        {
            return;
        }

        _holds &= ~reasons;
        if (_holds != HoldReasons.None)
        {
            return;
        }

        _host.Receiver.ReadBacklog(this);
        if (_holds != HoldReasons.None || IsOver)
        {
            return;
        }

        _transport!.ResumeReceive();
        if (_hasPeerClosed)
        {
            _hasPeerClosed = false;
            Settings.Handler.OnPeerClosed(this);
        }
    }

    internal void BeginClose()
    {
        if (IsOver)
        {
            return;
        }

        _isClosing = true;
        HoldReceive(HoldReasons.Closing);
        Outbox.Drain();
    }

    /// <summary>Resets the connection if its peer has been silent, or has accepted nothing, for too long.</summary>
    internal void CheckTimeouts(long now)
    {
        var options = Settings.Options;
        if (_sendingSince != 0 && options.SendTimeout > TimeSpan.Zero && now - _sendingSince > Channel.ToTimestamp(options.SendTimeout))
        {
            Reset(Broadside.Channels.CloseReason.SendTimeout, null);
        }
        else if (options.IdleTimeout > TimeSpan.Zero && now - _lastReceived > Channel.ToTimestamp(options.IdleTimeout))
        {
            Reset(Broadside.Channels.CloseReason.IdleTimeout, null);
        }
    }

    internal bool NeedsTimeoutCheck =>
        (_sendingSince != 0 && Settings.Options.SendTimeout > TimeSpan.Zero) || Settings.Options.IdleTimeout > TimeSpan.Zero;

    // What the peer or a limit brought about; the rest is the application's own doing or an everyday end.
    private void LogFailure(CloseReason reason, Exception? error)
    {
        if (reason is Broadside.Channels.CloseReason.InvalidFraming or Broadside.Channels.CloseReason.ArenaExhausted
            or Broadside.Channels.CloseReason.QueueLimit or Broadside.Channels.CloseReason.SendTimeout)
        {
            ConnectionLog.ConnectionFailed(Core.Logger, error, Id, reason);
        }
    }

    private void ReportClosed()
    {
        TaskCompletionSource? closed;
        lock (Outbox)
        {
            closed = _closed;
            _closedToken?.CancelAsync();
        }

        // Outside the lock: it may run what waits for it here and now.
        closed?.TrySetResult();
    }
}
