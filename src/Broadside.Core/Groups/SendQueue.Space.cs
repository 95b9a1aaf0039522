namespace Broadside.Groups;

/// <summary>Waiting for room, where the policy is to wait.</summary>
internal sealed partial class SendQueue
{
    private TaskCompletionSource? _space;

    /// <summary>Ends when a member has been sent something since the call, or at once if there is room.</summary>
    public Task WaitForSpace(int length)
    {
        lock (_gate)
        {
            _space ??= new TaskCompletionSource(
                Owner.Scheduling == ContinuationScheduling.Inline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
            var space = _space;
            Interlocked.MemoryBarrier();
            return _closed || !IsFullLocked(length) ? Task.CompletedTask : space.Task;
        }
    }

    /// <summary>A member was sent something. On a channel's thread; takes the lock only if somebody waits.</summary>
    public void SignalSpace()
    {
        if (Volatile.Read(ref _space) is null)
        {
            return;
        }

        TaskCompletionSource? space;
        lock (_gate)
        {
            space = _space;
            _space = null;
        }

        space?.TrySetResult();
    }

    /// <summary>
    /// Has the members disconnected that stand in the way of a record of <paramref name="length"/> bytes, least urgent log first:
    /// its sender has waited long enough.
    /// </summary>
    public void DisconnectLaggards(int length)
    {
        lock (_gate)
        {
            var needed = BacklogLocked() + length + LogEntry.Overhead - Owner.MaximumLag;
            for (var priority = RecordPriority.Count - 1; priority >= 0 && needed > 0; priority--)
            {
                if (Find(priority) is { } log)
                {
                    var low = LowPosition(log);
                    var freed = Math.Min(needed, log.EndPosition - low);
                    needed -= freed;
                    PostLaggards(priority, low + freed);
                }
            }
        }
    }

    private void PostLaggards(int priority, long position)
    {
        foreach (var shard in _shards)
        {
            shard.Dispatcher.Post(new LaggardWork(shard, priority, position));
        }
    }
}
