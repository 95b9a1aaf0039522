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

    /// <summary>Has the members that lag most disconnected: a sender has waited long enough.</summary>
    public void DisconnectLaggards()
    {
        foreach (var shard in Volatile.Read(ref _active))
        {
            shard.Dispatcher.Post(new LaggardWork(shard));
        }
    }
}
