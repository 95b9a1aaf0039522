namespace Broadside.Channels;

/// <summary>How a channel listens.</summary>
public sealed record ListenOptions
{
    /// <summary>How many connections may wait to be accepted. Default 512; the system may cap it.</summary>
    public int Backlog { get; init; } = 512;

    /// <summary>
    /// Accepts a connection only when its first bytes have come, or so much time has passed (<c>TCP_DEFER_ACCEPT</c>, in whole seconds):
    /// what lives for one request then costs no wake-up of its own. For protocols in which the client speaks first. Default zero: at
    /// once. Linux only, over TCP only.
    /// </summary>
    public TimeSpan DeferAccept { get; init; }

    /// <summary>For the accepted connections.</summary>
    public TransportOptions Transport { get; init; } = new();
}
