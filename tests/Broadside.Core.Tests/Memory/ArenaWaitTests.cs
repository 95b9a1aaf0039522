namespace Broadside.Tests.Memory;

/// <summary>Waiting for room: in turn, and cancelling loses nothing.</summary>
public sealed class ArenaWaitTests
{
    private readonly Arena _arena = new(new ArenaOptions { MaximumBytes = Block.Size });

    [Fact]
    public async Task Room_is_granted_in_turn()
    {
        var half = _arena.Allocate(Block.Size / 2);
        var other = _arena.Allocate(Block.Size / 2);
        var first = _arena.AllocateAsync(Block.Size / 2).AsTask();
        var second = _arena.AllocateAsync(100).AsTask();
        _arena.Free(half);
        var granted = await first;
        Assert.False(second.IsCompleted);
        _arena.Free(other);
        _arena.Free(await second);
        _arena.Free(granted);
        Assert.Equal(0, _arena.AllocatedBytes);
    }

    [Fact]
    public async Task Who_comes_later_waits_behind_those_who_wait()
    {
        var extent = _arena.Allocate(4096);
        var large = _arena.AllocateAsync(Block.Size).AsTask();
        var small = _arena.AllocateAsync(64).AsTask();
        Assert.False(small.IsCompleted);
        _arena.Free(extent);
        _arena.Free(await large);
        _arena.Free(await small);
        Assert.Equal(0, _arena.AllocatedBytes);
    }

    [Fact]
    public async Task Cancelling_lets_those_behind_go()
    {
        _arena.Allocate(4096);
        using var cancellation = new CancellationTokenSource();
        var large = _arena.AllocateAsync(Block.Size, cancellation.Token).AsTask();
        var small = _arena.AllocateAsync(64).AsTask();
        Assert.False(small.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAsync<TaskCanceledException>(() => large);
        _arena.Free(await small);
        Assert.Equal(4096, _arena.AllocatedBytes);
        await Assert.ThrowsAsync<TaskCanceledException>(async () => await _arena.AllocateAsync(64, cancellation.Token));
    }

    [Fact]
    public async Task Cancelling_while_room_is_made_loses_nothing()
    {
        for (var round = 0; round < 300; round++)
        {
            var all = _arena.Allocate(Block.Size);
            using var cancellation = new CancellationTokenSource();
            var waiting = _arena.AllocateAsync(Block.Size, cancellation.Token).AsTask();
            using var start = new Barrier(2);
            var cancelling = Task.Run(() =>
            {
                start.SignalAndWait();
                cancellation.Cancel();
            });
            start.SignalAndWait();
            _arena.Free(all);
            await cancelling;
            try
            {
                _arena.Free(await waiting);
            }
            catch (OperationCanceledException)
            {
                // Then nothing was taken.
            }

            Assert.Equal(0, _arena.AllocatedBytes);
        }
    }
}
