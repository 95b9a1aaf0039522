namespace Broadside.Groups;

/// <summary>
/// Something a connection has still to be sent, ordered by priority and then by sequence: a cursor in a group's log, or one in a
/// latest group. A node of its connection's pairing heap, so that any source can be found, moved and removed without allocating.
/// </summary>
internal abstract class PendingSource
{
    public Outbox Outbox { get; set; } = null!;

    public int Priority { get; protected set; }

    /// <summary>The sequence of the next record to be bound.</summary>
    public long Sequence { get; protected set; }

    internal PendingSource? Child { get; set; }

    internal PendingSource? Sibling { get; set; }

    /// <summary>The parent, if this is its first child; else the sibling before.</summary>
    internal PendingSource? Previous { get; set; }

    internal bool InHeap { get; set; }

    /// <summary>Binds records in order while there is room, up to and including <paramref name="sequenceLimit"/>.</summary>
    /// <returns>True while something remains, so that the source stays in the heap.</returns>
    public abstract bool Bind(ref BindContext context, long sequenceLimit);

    /// <summary>Lets go of everything: the member left or its connection closed.</summary>
    public abstract void Discard();

    public bool Precedes(PendingSource other) =>
        Priority < other.Priority || (Priority == other.Priority && Sequence < other.Sequence);
}
