namespace Broadside.NetStack.Steering;

/// <summary>Wakes a thread that other threads put something before, if it sleeps.</summary>
/// <remarks>Either the sleeper sees what was put there as it looks once more, or who put it there sees that it is about to sleep.</remarks>
/// <param name="wake">Ends the thread's sleep, from any thread; before the sleep has begun as well.</param>
internal sealed class Doorbell(Action wake)
{
    private int _isWaiting;

    /// <summary>Something was put there. From any thread.</summary>
    public void Ring()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _isWaiting) != 0)
        {
            wake();
        }
    }

    /// <summary>The thread is about to sleep, and looks once more whether it must.</summary>
    public void BeginWait() => Interlocked.Exchange(ref _isWaiting, 1);

    public void EndWait() => Volatile.Write(ref _isWaiting, 0);
}
