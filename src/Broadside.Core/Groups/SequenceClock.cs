namespace Broadside.Groups;

/// <summary>
/// The engine-wide order of sends. A send takes its number inside its queue's append lock, so that within a log numbers ascend,
/// and sends ordered by synchronisation carry ascending numbers whatever queue they went to.
/// </summary>
internal sealed class SequenceClock
{
    private long _last;

    /// <summary>The number given last.</summary>
    public long Last => Volatile.Read(ref _last);

    public long Next() => Interlocked.Increment(ref _last);
}
