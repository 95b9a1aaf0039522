using Broadside.Channels;

namespace Broadside.Groups;

/// <summary>
/// One channel's share of the records core: takes what was sent and who joined and left in one queue, gives it to the members, then
/// binds for every connection that can send. Runs at the end of each round of its channel.
/// </summary>
/// <remarks>
/// The order of a round is what makes joins, leaves and sends of other threads take effect in the order in which they were made:
/// first the sequence up to which this round dispatches is read, then the queue is taken whole. Whatever happened before a send
/// up to that sequence was posted before it, and so is in what was taken.
/// </remarks>
internal sealed class GroupDispatcher(IRoundHost host, SequenceClock clock) : IChannelRound
{
    private readonly List<UnsendWork> _unsends = [];
    private readonly List<ShardLog> _touched = [];
    private readonly Stack<BoundBatch> _batches = new();
    private readonly List<DispatchTarget> _blocked = [];
    private readonly List<Outbox> _held = [];
    private List<DispatchTarget> _dirty = [];
    private List<DispatchTarget> _dispatching = [];
    private List<GroupShard> _idle = [];
    private List<GroupShard> _trimming = [];
    private WorkQueue _queue;
    private Outbox? _firstReady;
    private Outbox? _lastReady;
    private long _bindLimit = long.MaxValue;

    /// <inheritdoc/>
    public bool IsPending => !_queue.IsEmpty || _firstReady is not null || _dirty.Count > 0 || _touched.Count > 0 || _unsends.Count > 0;

    /// <summary>The time, as a timestamp.</summary>
    public long Now => host.Now;

    public bool HasIdle => _idle.Count > 0;

    /// <summary>Has <paramref name="work"/> run at the next round's end. From any thread.</summary>
    /// <returns>False once the dispatcher was stopped.</returns>
    public bool Post(ChannelWork work)
    {
        if (!work.TryMarkPosted())
        {
            return true;
        }

        if (!_queue.TryPush(work))
        {
            work.ClearPosted();
            return false;
        }

        host.RequestRound();
        return true;
    }

    /// <summary>Does what is left and refuses work from now on. The last thing on a stopping channel, whose connections are closed.</summary>
    public void Stop()
    {
        do
        {
            while (IsPending)
            {
                OnRoundEnd();
            }

            TrimIdle();
        }
        while (!_queue.TrySeal());
    }

    /// <inheritdoc/>
    public void OnRoundEnd()
    {
        var sequence = clock.Last;
        RunPosted();
        DispatchDirty(sequence);
        RunUnsends(sequence);
        BindReady();
        SettleTouched();
    }

    public void MarkDirty(DispatchTarget target)
    {
        if (!target.IsDirty)
        {
            target.IsDirty = true;
            _dirty.Add(target);
        }
    }

    public void Touch(ShardLog log) => _touched.Add(log);

    public void NoteIdle(GroupShard shard)
    {
        if (!shard.IsNotedIdle)
        {
            shard.IsNotedIdle = true;
            _idle.Add(shard);
        }
    }

    public void AddUnsend(UnsendWork work) => _unsends.Add(work);

    public void AddReady(Outbox outbox)
    {
        outbox.NextReady = null;
        if (_lastReady is null)
        {
            _firstReady = outbox;
        }
        else
        {
            _lastReady.NextReady = outbox;
        }

        _lastReady = outbox;
    }

    /// <summary>Keeps an outbox, whose next record may not be bound yet, until more may be.</summary>
    public void Hold(Outbox outbox) => _held.Add(outbox);

    public BoundBatch RentBatch() => _batches.TryPop(out var batch) ? batch : new BoundBatch();

    public void ReturnBatch(BoundBatch batch) => _batches.Push(batch);

    /// <summary>
    /// Lets go of the segments of logs that are drained. Called now and then rather than at each drain, so that a log that is in
    /// use keeps its segment and no delivery takes a lock.
    /// </summary>
    public void TrimIdle()
    {
        (_idle, _trimming) = (_trimming, _idle);
        foreach (var shard in _trimming)
        {
            shard.IsNotedIdle = false;
            shard.TrimIdle();
        }

        _trimming.Clear();
    }

    private void RunPosted()
    {
        for (var item = _queue.TakeAll(); item is not null;)
        {
            var next = item.Next;
            item.Next = null;
            item.ClearPosted();
            item.Run();
            item = next;
        }
    }

    private void DispatchDirty(long sequence)
    {
        (_dirty, _dispatching) = (_dispatching, _dirty);
        foreach (var target in _dispatching)
        {
            target.IsDirty = false;
            var wasBlocked = target.IsBlocked;
            target.Dispatch(sequence);
            NoteBlocked(target, wasBlocked);
        }

        _dispatching.Clear();
    }

    private void NoteBlocked(DispatchTarget target, bool wasBlocked)
    {
        if (target.IsBlocked && !wasBlocked)
        {
            _blocked.Add(target);
        }
        else if (wasBlocked && !target.IsBlocked)
        {
            _blocked.Remove(target);
        }
    }

    private void RunUnsends(long sequence)
    {
        for (var index = _unsends.Count - 1; index >= 0; index--)
        {
            if (_unsends[index].TryRun(sequence))
            {
                _unsends.RemoveAt(index);
            }
        }
    }

    // Those that become ready meanwhile are bound in the next round, so that one connection's backlog delays no other.
    private void BindReady()
    {
        SetBindLimit();
        var outbox = _firstReady;
        _firstReady = _lastReady = null;
        while (outbox is not null)
        {
            var next = outbox.NextReady;
            outbox.NextReady = null;
            outbox.Bind(host.Now, _bindLimit);
            outbox = next;
        }
    }

    // What was sent after a record whose publisher still writes it may have been sent by one who knew of that record, or of one behind
    // it in its log. Nothing overtakes it.
    private void SetBindLimit()
    {
        var limit = long.MaxValue;
        foreach (var target in _blocked)
        {
            limit = Math.Min(limit, target.BlockedAt - 1);
        }

        if (limit == _bindLimit)
        {
            return;
        }

        _bindLimit = limit;
        foreach (var outbox in _held)
        {
            AddReady(outbox);
        }

        _held.Clear();
    }

    private void SettleTouched()
    {
        for (var index = 0; index < _touched.Count; index++)
        {
            _touched[index].Settle();
        }

        _touched.Clear();
    }
}
