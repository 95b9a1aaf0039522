using System.Diagnostics;

namespace Broadside.Memory;

/// <summary>One call of <see cref="Arena.AllocateAsync"/> that has to wait. Exhaustion is rare, so this may allocate.</summary>
internal sealed class ArenaWaiter(Arena arena, int length, StackTrace? takenAt)
{
    private readonly TaskCompletionSource<Extent> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Length { get; } = length;

    /// <summary>Where the wait began, for diagnostics.</summary>
    public StackTrace? TakenAt { get; } = takenAt;

    /// <summary>Hands the extent over, or back to the arena where the wait was cancelled meanwhile.</summary>
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
            static (state, token) => ((ArenaWaiter)state!).Cancel(token), this).ConfigureAwait(false);
        return await _completion.Task.ConfigureAwait(false);
    }

    private void Cancel(CancellationToken token)
    {
        if (_completion.TrySetCanceled(token))
        {
            arena.Withdraw(this);
        }
    }
}
