using Broadside.Channels;
using Broadside.Groups;

namespace Broadside;

/// <summary>What the connection is to its channel, to its outbox and to the queue of its direct sends. On the channel's thread.</summary>
public sealed partial class RecordConnection : IConnectionHandler, IOutboxTransport, IQueueOwner
{
    private long _lastReceived;
    private long _sendingSince;
    private bool _isHeld;

    SlowMemberPolicy IQueueOwner.SlowMembers => Settings.Options.FullQueue;

    long IQueueOwner.MaximumLag => Settings.Options.MaximumDirectBytes;

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
        if (!IsOver)
        {
            _host.Receiver.Receive(this, segment);
        }
    }

    void IConnectionHandler.OnExtentReceived(Extent extent)
    {
        _lastReceived = Channel.Now;
        _host.Receiver.ReceivedExtent(this, extent);
    }

    void IConnectionHandler.OnSendAccepted(SendBatch batch)
    {
        _sendingSince = 0;
        Outbox.OnAccepted();
    }

    void IConnectionHandler.OnSendReleased(SendBatch batch) => Outbox.OnReleased((BoundBatch)batch);

    void IConnectionHandler.OnPeerClosed() => Settings.Handler.OnPeerClosed(this);

    void IConnectionHandler.OnClosed(CloseReason reason, Exception? error)
    {
        _isOver = true;
        _closeReason = reason;
        Outbox.Close();
        Outbox.EndMemberships();
        Partial?.Discard();
        Partial = null;
        Backlog?.Discard();
        Backlog = null;
        _host.Remove(this);
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
        lock (this)
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

    /// <summary>Receives no more until <see cref="Resume"/>.</summary>
    internal void HoldReceive()
    {
        if (!_isHeld && !_isOver)
        {
            _isHeld = true;
            _transport!.PauseReceive();
        }
    }

    internal void Resume()
    {
        if (!_isHeld || IsOver)
        {
            return;
        }

        _isHeld = false;
        _host.Receiver.ReadBacklog(this);
        if (!_isHeld && !IsOver)
        {
            _transport!.ResumeReceive();
        }
    }

    internal void BeginClose()
    {
        if (IsOver)
        {
            return;
        }

        _isClosing = true;
        HoldReceive();
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

    internal bool NeedsTimeoutCheck => _sendingSince != 0 || Settings.Options.IdleTimeout > TimeSpan.Zero;

    private void ReportClosed()
    {
        lock (Outbox)
        {
            _closed?.TrySetResult();
            _closedToken?.CancelAsync();
        }
    }
}
