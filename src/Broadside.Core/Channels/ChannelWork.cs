namespace Broadside.Channels;

/// <summary>Something to be done on a channel's thread. Intrusive: posting one allocates nothing.</summary>
/// <remarks>Posting an item that is already waiting does nothing: it will run once. It may be posted again from <see cref="Run"/> on.</remarks>
public abstract class ChannelWork
{
    private int _posted;

    internal ChannelWork? Next { get; set; }

    /// <summary>Does the work, on the channel's thread. An exception is logged by the channel and goes no further.</summary>
    protected internal abstract void Run();

    internal bool TryMarkPosted() => Interlocked.Exchange(ref _posted, 1) == 0;

    // A full fence: what Run reads must not be read before the flag is down, or a poster who still sees it up has its news missed.
    internal void ClearPosted() => Interlocked.Exchange(ref _posted, 0);
}
