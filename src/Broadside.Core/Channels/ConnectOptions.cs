namespace Broadside.Channels;

/// <summary>How a channel connects.</summary>
public sealed record ConnectOptions
{
    /// <summary>How long connecting may take. Default 15 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>For the connection.</summary>
    public TransportOptions Transport { get; init; } = new();
}
