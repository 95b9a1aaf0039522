using Broadside.Records;

namespace Broadside.Groups;

/// <summary>One record in a log. Filled under the append lock; its bytes follow outside it, and <see cref="Commit"/> shows it to readers.</summary>
internal struct LogEntry
{
    /// <summary>What an entry counts for beside its bytes, so that a flood of tiny records is bounded too.</summary>
    public const int Overhead = 48;

    public long Sequence;

    /// <summary>The cost of all entries before this one since the log began.</summary>
    public long Position;

    public long RecordId;

    /// <summary>The record, where it is too large to be copied into the segment.</summary>
    public RecordEntry? Large;

    /// <summary>Where the bytes begin in the segment; for a large record, where the next small one's will.</summary>
    public int Offset;

    public int Length;

    /// <summary>Members to be served at the time of sending.</summary>
    public int Members;

    private int _flags;

    public readonly int InlineLength => Large is null ? Length : 0;

    public readonly long Cost => Length + Overhead;

    /// <summary>The flags; <see cref="EntryFlags.Committed"/> seen means that everything else can be read.</summary>
    public EntryFlags Flags => (EntryFlags)Volatile.Read(ref _flags);

    public void Fill(EntryFlags flags) => _flags = (int)flags;

    // A full fence, so that the publisher's look at a reader's notification flag cannot come before it.
    public void Commit() => Interlocked.Or(ref _flags, (int)EntryFlags.Committed);
}

[Flags]
internal enum EntryFlags
{
    None = 0,

    /// <summary>The entry and its bytes may be read.</summary>
    Committed = 1,

    /// <summary>The bytes are the record's own, not the segment's.</summary>
    Large = 2,

    /// <summary><see cref="EntryConditions"/> say whether and to whom it goes.</summary>
    Conditional = 4,
}

/// <summary>What few entries have: kept beside the entries so that these stay small.</summary>
internal struct EntryConditions
{
    /// <summary>The timestamp from which the record is stale; <see cref="long.MaxValue"/> for never.</summary>
    public long ExpiresAt;

    /// <summary>The one member that does not get it.</summary>
    public Outbox? Except;

    /// <summary>The record's key; stale once another send of the key has a later sequence.</summary>
    public KeyCell? Key;

    /// <summary>Whether nobody is to get it any more: it has expired, or a newer one superseded it.</summary>
    public readonly bool IsStale(long sequence, long now) => ExpiresAt <= now || (Key is not null && Key.NewestSequence != sequence);
}

/// <summary>The sequence of the newest send of a key.</summary>
internal sealed class KeyCell
{
    private long _newestSequence;

    public long NewestSequence
    {
        get => Volatile.Read(ref _newestSequence);
        set => Volatile.Write(ref _newestSequence, value);
    }

    /// <summary>Where the newest send stands in its log, and which log that is; under the append lock.</summary>
    public long Position { get; set; }

    public GroupLog? Log { get; set; }
}
