using System.Diagnostics;
using Broadside.Channels;

namespace Broadside.Groups;

/// <summary>
/// What a connection has still to be sent: its pending sources, the record begun, and the one send in progress. Binds late: at most
/// one send is unaccepted, so that all else can still be overtaken or withdrawn.
/// </summary>
/// <remarks>Touched on its channel's thread only, except the list of memberships, which has a lock of its own.</remarks>
internal sealed class Outbox(GroupDispatcher dispatcher, IOutboxTransport transport, OutboxLimits limits)
{
    private SourceHeap _sources;
    private PartialRecord _partial;
    private int _quantum = limits.Quantum;
    private bool _isReady;
    private bool _isSending;
    private IMemberQueue[] _memberships = [];
    private int _membershipCount;
    private bool _refusesMemberships;
    private bool _reportsDrained;

    public GroupDispatcher Dispatcher { get; } = dispatcher;

    public IOutboxTransport Transport { get; } = transport;

    public bool IsClosed { get; private set; }

    /// <summary>The cost of what is queued and not bound.</summary>
    public long QueuedBytes { get; private set; }

    /// <summary>Whether the connection is over, so that no membership may begin. From any thread.</summary>
    public bool RefusesMemberships => Volatile.Read(ref _refusesMemberships);

    /// <summary>Whether nothing is queued, begun or in progress.</summary>
    public bool IsEmpty => !_isSending && !HasMore;

    private bool HasMore => _sources.First is not null || _partial.Body is not null;

    public bool IsSending => _isSending;

    internal Outbox? NextReady { get; set; }

    public void Enqueue(PendingSource source)
    {
        Debug.Assert(!IsClosed);
        _sources.Insert(source);
        MarkReady();
    }

    public void Forget(PendingSource source) => _sources.Remove(source);

    /// <summary>Puts a source whose next record changed where it belongs.</summary>
    public void Reposition(PendingSource source)
    {
        _sources.Remove(source);
        _sources.Insert(source);
    }

    public void CountBound(long cost) => QueuedBytes -= cost;

    public void CountQueued(long cost)
    {
        QueuedBytes += cost;
        if (QueuedBytes > limits.MaximumQueuedBytes && !IsClosed)
        {
            Disconnect(CloseReason.QueueLimit);
        }
    }

    public void SetPartial(PartialRecord partial)
    {
        Debug.Assert(_partial.Body is null);
        partial.Hold.Add();
        _partial = partial;
    }

    /// <summary>Binds the next batch and sends it. Called by the dispatcher for outboxes that are ready.</summary>
    /// <param name="now">The time, as a timestamp.</param>
    /// <param name="sequenceLimit">What was sent later may not be bound yet.</param>
    public void Bind(long now, long sequenceLimit)
    {
        _isReady = false;
        if (_isSending || IsClosed)
        {
            return;
        }

        var batch = Dispatcher.RentBatch();
        Fill(batch, now, sequenceLimit);
        if (batch.Count == 0)
        {
            _quantum = limits.Quantum;
            Dispatcher.ReturnBatch(batch);
            if (_sources.First is not null)
            {
                _isReady = true;
                Dispatcher.Hold(this);
            }
            else
            {
                ReportIfDrained();
            }

            return;
        }

        Send(batch);
    }

    /// <summary>The transport took the batch that was pending.</summary>
    /// <param name="atOnce">Whether it had room for it when it was asked.</param>
    public void OnAccepted(bool atOnce)
    {
        Debug.Assert(_isSending);
        _isSending = false;
        AdjustQuantum(atOnce);
        MarkReady();
    }

    /// <summary>The transport let go of a batch.</summary>
    public void OnReleased(BoundBatch batch)
    {
        batch.ReleaseHolds();
        Dispatcher.ReturnBatch(batch);
    }

    /// <summary>Lets go of everything queued and resets the connection.</summary>
    public void Disconnect(CloseReason reason)
    {
        Close();
        Transport.Disconnect(reason);
    }

    /// <summary>Lets go of everything queued; nothing is bound any more.</summary>
    public void Close()
    {
        IsClosed = true;
        while (_sources.First is { } source)
        {
            source.Discard();
        }

        if (_partial.Body is not null)
        {
            _partial.Hold.Release();
            _partial = default;
        }
    }

    /// <summary>
    /// Ends all memberships once they are drained, and has <see cref="IOutboxTransport.OnDrained"/> called when nothing is left to
    /// send. On the channel's thread.
    /// </summary>
    public void Drain()
    {
        _reportsDrained = true;
        foreach (var queue in RefuseMemberships())
        {
            queue.RemoveDrained(this, null);
        }

        MarkReady();
    }

    /// <summary>Becomes a member of a queue, to be ended with the connection at the latest. From any thread.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="option">What <paramref name="tryJoin"/> needs to know.</param>
    /// <param name="tryJoin">Joins under the queue's lock; false when the queue does not take the member.</param>
    /// <returns>False when it did not become one, or the connection is over.</returns>
    public bool Join<TQueue, TOption>(TQueue queue, TOption option, Func<TQueue, Outbox, TOption, bool> tryJoin)
        where TQueue : class, IMemberQueue
    {
        if (!TryAddMembership(queue))
        {
            return false;
        }

        if (!tryJoin(queue, this, option))
        {
            RemoveMembership(queue);
            return false;
        }

        if (RefusesMemberships)
        {
            // The connection ended meanwhile, perhaps before this membership could be seen.
            queue.Remove(this);
            return false;
        }

        return true;
    }

    // False once memberships are refused.
    private bool TryAddMembership(IMemberQueue queue)
    {
        lock (this)
        {
            if (_refusesMemberships)
            {
                return false;
            }

            if (_membershipCount == _memberships.Length)
            {
                Array.Resize(ref _memberships, Math.Max(1, _membershipCount + (_membershipCount / 4) + 1));
            }

            _memberships[_membershipCount++] = queue;
            return true;
        }
    }

    public void RemoveMembership(IMemberQueue queue)
    {
        bool isLast;
        lock (this)
        {
            var index = Array.IndexOf(_memberships, queue, 0, _membershipCount);
            if (index >= 0)
            {
                _memberships[index] = _memberships[--_membershipCount];
                _memberships[_membershipCount] = null!;
                if (_membershipCount == 0)
                {
                    _memberships = [];
                }
            }

            isLast = _membershipCount == 0;
        }

        if (isLast && Volatile.Read(ref _reportsDrained))
        {
            // By way of the queue, as any thread may be the one that ends the last membership.
            Dispatcher.Post(new ActionWork(MarkReady));
        }
    }

    /// <summary>Ends all memberships; further ones are refused. From any thread.</summary>
    public void EndMemberships()
    {
        foreach (var queue in RefuseMemberships())
        {
            queue.Remove(this);
        }
    }

    private IMemberQueue[] RefuseMemberships()
    {
        lock (this)
        {
            _refusesMemberships = true;
            return _memberships.AsSpan(0, _membershipCount).ToArray();
        }
    }

    private void Fill(BoundBatch batch, long now, long sequenceLimit)
    {
        var context = new BindContext(batch, this, _quantum, now);
        if (_partial.Body is not null)
        {
            var partial = _partial;
            _partial = default;
            context.Continue(partial);
            partial.Hold.Release();
        }

        while (context.HasRoom && _sources.First is { } source && source.Sequence <= sequenceLimit)
        {
            _sources.Remove(source);
            var next = _sources.First is { } other && other.Priority == source.Priority ? other.Sequence : long.MaxValue;
            if (source.Bind(ref context, Math.Min(next, sequenceLimit)))
            {
                _sources.Insert(source);
            }
        }
    }

    private void Send(BoundBatch batch)
    {
        _isSending = true;
        var status = Transport.Send(batch);
        if (status == SendStatus.Pending)
        {
            return;
        }

        _isSending = false;
        if (status == SendStatus.Released)
        {
            OnReleased(batch);
        }

        AdjustQuantum(atOnce: true);
        if (HasMore)
        {
            MarkReady();
        }
        else
        {
            ReportIfDrained();
        }
    }

    // Grows while the peer keeps up with a backlog: then a large send delays what is more urgent no longer than a small one would.
    private void AdjustQuantum(bool atOnce) => _quantum = atOnce && HasMore ? Math.Min(_quantum * 2, limits.LargestQuantum) : limits.Quantum;

    private void ReportIfDrained()
    {
        if (_reportsDrained && IsEmpty && _membershipCount == 0)
        {
            _reportsDrained = false;
            Transport.OnDrained();
        }
    }

    private void MarkReady()
    {
        if (!_isReady && !_isSending && !IsClosed)
        {
            _isReady = true;
            Dispatcher.AddReady(this);
        }
    }
}
