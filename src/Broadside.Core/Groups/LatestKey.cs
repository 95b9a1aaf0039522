using Broadside.Records;

namespace Broadside.Groups;

/// <summary>A key of a latest group and its newest record; a node of the list ordered by sequence. Under the queue's lock.</summary>
internal sealed class LatestKey(RecordKey key)
{
    public RecordKey Key { get; } = key;

    /// <summary>The newest record, with a reference of the queue's; null once the key was removed.</summary>
    public RecordEntry? Body { get; set; }

    public long Sequence { get; set; }

    public LatestKey? Older { get; set; }

    public LatestKey? Newer { get; set; }
}
