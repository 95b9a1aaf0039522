using Broadside.Channels;

namespace Broadside;

/// <summary>The limits of a connection.</summary>
public sealed record ConnectionOptions
{
    /// <summary>How it uses its transport.</summary>
    public TransportOptions Transport { get; init; } = new();

    /// <summary>Bytes handed to the transport at once: what an urgent record may have to wait for. Default 64 KiB.</summary>
    public int Quantum { get; init; } = 64 * 1024;

    /// <summary>Bytes handed over at once while the transport takes everything at once and more is pending. Default 1 MiB.</summary>
    public int LargestQuantum { get; init; } = 1024 * 1024;

    /// <summary>What may be queued over all groups and direct sends, in bytes; past it the connection is reset. Default 256 MiB.</summary>
    public long MaximumQueuedBytes { get; init; } = 256L << 20;

    /// <summary>What may be queued of direct sends, in bytes. Default 64 MiB.</summary>
    public long MaximumDirectBytes { get; init; } = 64L << 20;

    /// <summary>What happens when direct sends reach their limit: reset (the default), or senders wait.</summary>
    public SlowMemberPolicy FullQueue { get; init; }

    /// <summary>How long the peer may take to accept what was handed over at once, until the connection is reset. Default 60 s; zero: for ever.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long nothing may arrive until the connection is reset. Default zero: for ever.</summary>
    public TimeSpan IdleTimeout { get; init; }

    /// <summary>Received bytes that may wait to be read; past it the peer is held back by flow control. Default 1 MiB.</summary>
    public long MaximumBacklog { get; init; } = 1024 * 1024;

    /// <summary>Binds later, so that urgent records wait less and throughput is lower: a 16 KiB quantum and unsent limit.</summary>
    public static ConnectionOptions LowLatency { get; } = new()
    {
        Quantum = 16 * 1024,
        LargestQuantum = 16 * 1024,
        Transport = new TransportOptions { UnsentLimit = 16 * 1024 },
    };
}
