namespace Broadside;

/// <summary>How a latest group behaves.</summary>
public sealed record LatestGroupOptions
{
    /// <summary>How urgent its records are. Default <see cref="RecordPriority.Normal"/>.</summary>
    public RecordPriority Priority { get; init; }

    /// <summary>
    /// Whether a member that has not come to a superseded record gets the new one in its place, so that keys that change often are
    /// not put off for ever; it may then get the same record again in its own turn. Default false: an update moves to the end.
    /// </summary>
    public bool KeepsPlace { get; init; }

    /// <summary>How many keys there may be. Default 1,048,576.</summary>
    public int MaximumKeys { get; init; } = 1024 * 1024;
}
