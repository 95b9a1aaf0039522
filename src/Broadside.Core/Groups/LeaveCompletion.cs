namespace Broadside.Groups;

/// <summary>Told when a member that leaves draining has been sent everything sent before it left.</summary>
internal sealed class LeaveCompletion
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Task => _completion.Task;

    public void Complete() => _completion.TrySetResult();
}
