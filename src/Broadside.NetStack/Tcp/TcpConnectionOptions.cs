namespace Broadside.NetStack.Tcp;

/// <summary>What one connection's user asks for.</summary>
internal sealed record TcpConnectionOptions
{
    public static TcpConnectionOptions Default { get; } = new();

    /// <summary>Small segments leave at once (RFC 9293 section 3.7.4 calls the opposite Nagle's algorithm).</summary>
    public bool NoDelay { get; init; } = true;

    /// <summary>
    /// Whether the first segments, and those after a pause, are acknowledged at once, so that the peer's slow start is not held up; else
    /// all acknowledgments wait for company (RFC 9293 section 3.8.6.3).
    /// </summary>
    public bool QuickAcknowledgments { get; init; } = true;

    /// <summary>At how many unsent bytes <see cref="TcpEvents.SendSpace"/> is reported.</summary>
    public int UnsentLimit { get; init; } = 128 * 1024;

    /// <summary>The receive buffer; null lets it grow by itself.</summary>
    public int? ReceiveBuffer { get; init; }

    /// <summary>The largest segment to send or to ask for, options included; null leaves it to the path.</summary>
    public int? MaximumSegmentSize { get; init; }

    /// <summary>Null for none (RFC 9293 section 3.8.4).</summary>
    public KeepAliveOptions? KeepAlive { get; init; }

    /// <summary>How long data may stay unacknowledged (RFC 5482); null leaves it to the number of timeouts.</summary>
    public TimeSpan? UserTimeout { get; init; }
}

/// <summary>Whether an idle connection's peer is still there.</summary>
internal sealed record KeepAliveOptions
{
    /// <summary>How long nothing was heard until the first probe.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromHours(2);

    /// <summary>How long until the next probe.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>How many probes may stay unanswered.</summary>
    public int Probes { get; init; } = 9;
}
