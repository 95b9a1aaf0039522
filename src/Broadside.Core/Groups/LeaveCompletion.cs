namespace Broadside.Groups;

/// <summary>Told when a member that leaves draining has been sent everything sent before it left.</summary>
internal sealed class LeaveCompletion(TaskCompletionSource completion)
{
    public Task Task => completion.Task;

    public void Complete() => completion.TrySetResult();
}
