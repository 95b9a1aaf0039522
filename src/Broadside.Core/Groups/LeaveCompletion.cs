namespace Broadside.Groups;

/// <summary>Told when a member that leaves draining has been sent everything sent before it left.</summary>
internal sealed class LeaveCompletion(TaskCompletionSource completion)
{
    public LeaveCompletion()
        : this(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))
    {
    }

    public Task Task => completion.Task;

    public void Complete() => completion.TrySetResult();
}
