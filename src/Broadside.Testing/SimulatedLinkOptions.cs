namespace Broadside.Testing;

/// <summary>How one direction of the simulated network carries bytes.</summary>
public sealed record SimulatedLinkOptions
{
    /// <summary>How long everything takes at least. Default 100 µs.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMicroseconds(100);

    /// <summary>How much longer it may take, drawn anew each time; within a connection nothing overtakes. Default zero.</summary>
    public TimeSpan Jitter { get; init; } = TimeSpan.Zero;

    /// <summary>How many payload bytes a connection carries a second; null means without limit, the default.</summary>
    public long? BytesPerSecond { get; init; }
}
