namespace Broadside.Channels;

/// <summary>How a connection uses its transport. A backend ignores what its platform does not have.</summary>
public sealed record TransportOptions
{
    /// <summary>
    /// How many unsent bytes the transport may hold (<c>TCP_NOTSENT_LOWAT</c>): what is beyond stays in the application's queues,
    /// where it can be overtaken or withdrawn. Default 128 KiB; 0 leaves the system's setting.
    /// </summary>
    public int UnsentLimit { get; init; } = 128 * 1024;

    /// <summary>Sends small segments at once (<c>TCP_NODELAY</c>). Default true: batching replaces Nagle's algorithm.</summary>
    public bool NoDelay { get; init; } = true;

    /// <summary>Size of the kernel's receive buffer in bytes (<c>SO_RCVBUF</c>); null leaves it to the system's tuning.</summary>
    public int? ReceiveBufferSize { get; init; }

    /// <summary>Size of the kernel's send buffer in bytes (<c>SO_SNDBUF</c>); null leaves it to the system's tuning.</summary>
    public int? SendBufferSize { get; init; }

    /// <summary>How long a graceful close may take until the connection is reset. Default 10 s.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether a graceful close waits for the peer's end of stream and discards what comes before it. Default true. Without it the
    /// connection is over as soon as the pending send has gone out, which is cheaper where each request has a connection of its own;
    /// but bytes that the peer sends meanwhile, or that were not taken yet, have the system reset the connection, and the peer may
    /// then lose what it has not read.
    /// </summary>
    public bool LingerOnClose { get; init; } = true;
}
