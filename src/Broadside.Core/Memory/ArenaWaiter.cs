namespace Broadside.Memory;

/// <summary>One call of <see cref="Arena.AllocateAsync"/> that has to wait. Exhaustion is rare, so this may allocate.</summary>
internal sealed class ArenaWaiter(Arena arena, int length)
{
    private readonly TaskCompletionSource<Extent> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Length { get; } = length;

    public bool IsCancelled => _completion.Task.IsCanceled;

    public void Grant(Extent extent)
    {
        if (!_completion.TrySetResult(extent))
        {
            arena.Free(extent);
        }
    }

    public async Task<Extent> WaitAsync(CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((ArenaWaiter)state!)._completion.TrySetCanceled(token), this).ConfigureAwait(false);
        return await _completion.Task.ConfigureAwait(false);
    }
}
