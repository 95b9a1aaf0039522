namespace Broadside;

/// <summary>How a record is sent. <c>default</c>: normal priority, never stale, to everybody.</summary>
public readonly record struct SendOptions
{
    /// <summary>How urgent it is. Default <see cref="RecordPriority.Normal"/>.</summary>
    public RecordPriority Priority { get; init; }

    /// <summary>How long it may wait: whoever has not begun to receive it by then does not get it. Null: for ever.</summary>
    public TimeSpan? Expiry { get; init; }

    /// <summary>What it is about: it supersedes the pending record of the same key in the group, and a later one supersedes it.</summary>
    public RecordKey? Key { get; init; }

    /// <summary>A member that does not get it, such as the one it came from.</summary>
    public RecordConnection? Except { get; init; }

    /// <summary>Options of a priority alone.</summary>
    /// <param name="priority">How urgent.</param>
    public static implicit operator SendOptions(RecordPriority priority) => new() { Priority = priority };
}
