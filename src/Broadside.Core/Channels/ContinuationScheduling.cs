namespace Broadside;

/// <summary>Where asynchronous code goes on after a wait.</summary>
public enum ContinuationScheduling
{
    /// <summary>On the thread pool, or on the captured synchronisation context.</summary>
    ThreadPool,

    /// <summary>On the channel's own thread: the quickest, for code that never blocks.</summary>
    Inline,
}
