namespace Broadside.Channels;

/// <summary>How a channel listens.</summary>
public sealed record ListenOptions
{
    /// <summary>How many connections may wait to be accepted. Default 512; the system may cap it.</summary>
    public int Backlog { get; init; } = 512;

    /// <summary>For the accepted connections.</summary>
    public TransportOptions Transport { get; init; } = new();
}
