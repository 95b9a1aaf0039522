namespace Broadside.Groups;

/// <summary>The append side of one priority's log. Everything under its queue's lock.</summary>
internal sealed class GroupLog(int priority)
{
    public int Priority { get; } = priority;

    /// <summary>Another log of the queue, in no order.</summary>
    public GroupLog? Next { get; init; }

    /// <summary>The segment appended to; null when the log is drained.</summary>
    public Segment? Tail { get; private set; }

    /// <summary>The cost of everything appended so far.</summary>
    public long EndPosition { get; private set; }

    /// <summary>How many channels hold the log's segments from their own place on.</summary>
    public int AttachedCount { get; set; }

    /// <summary>Whether the last segment has room for an entry and its inline bytes.</summary>
    public bool HasRoom(int inlineLength) => Tail is not null && Tail.HasRoom(inlineLength);

    /// <summary>Adds a segment with room for an entry. May throw for want of memory; nothing has changed then.</summary>
    /// <param name="arena">Where the bytes come from.</param>
    /// <param name="inlineLength">Bytes to be copied into the segment.</param>
    /// <param name="backlog">Bytes the slowest member has still to get.</param>
    public void AddSegment(Arena arena, int inlineLength, long backlog)
    {
        var next = Segment.Rent(arena, Math.Max(inlineLength, NextSize(backlog)), 1 + AttachedCount);
        if (Tail is not null)
        {
            Tail.Append(next);
            Tail.Release();
        }

        Tail = next;
    }

    /// <summary>Counts an appended entry.</summary>
    public void Advance(long cost) => EndPosition += cost;

    /// <summary>Lets go of the last segment once no channel holds it: a drained log holds no memory.</summary>
    public void DropTail()
    {
        Tail?.Release();
        Tail = null;
    }

    // A lone record gets the smallest segment; a log that filled one is busy; beyond that only a backlog pays for size.
    private int NextSize(long backlog)
    {
        if (Tail is null)
        {
            return Segment.SmallestSize;
        }

        return backlog > Tail.Size / 2
            ? Math.Min(Math.Max(Tail.Size * 2, Segment.BusySize), Segment.LargestSize)
            : Math.Max(Segment.BusySize, Tail.Size / 2);
    }
}
