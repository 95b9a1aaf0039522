using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Broadside;

/// <summary>How an engine is made.</summary>
public sealed record EngineOptions
{
    /// <summary>How many channels, each a thread of its own. Default: one per processor.</summary>
    public int Channels { get; init; } = Environment.ProcessorCount;

    /// <summary>Pins each channel's thread to a processor, where the backend can. Default false.</summary>
    public bool PinThreads { get; init; }

    /// <summary>The memory for records, logs and receive buffers.</summary>
    public ArenaOptions Arena { get; init; } = new();

    /// <summary>Where asynchronous code goes on after a wait. Default <see cref="ContinuationScheduling.ThreadPool"/>.</summary>
    public ContinuationScheduling Scheduling { get; init; }

    /// <summary>Where the engine logs. Default: nowhere.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The clock. Default: the system's. The simulated backend brings its own.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
