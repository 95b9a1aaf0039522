namespace Broadside.Relay;

/// <summary>What became of a publication.</summary>
internal readonly record struct PublishResult
{
    /// <summary>There was no memory for it; some may have received it.</summary>
    public static PublishResult NoMemory => new() { IsRefused = true };

    /// <summary>How many will receive it, if it was sent.</summary>
    public int Receivers { get; init; }

    public bool IsRefused { get; init; }

    /// <summary>The group that has no room for it; null: it was sent.</summary>
    public RecordGroup? Full { get; init; }

    /// <summary>The room it needs there.</summary>
    public int Length { get; init; }

    /// <summary>Where it was sent before that group was met.</summary>
    public Dictionary<RecordGroup, SendReceipt>? SentBefore { get; init; }
}
