using Broadside.IoUring.Interop;

namespace Broadside.IoUring;

/// <summary>How the io_uring backend works.</summary>
public sealed record IoUringOptions
{
    /// <summary>How the bytes of large records get into the kernel. Default <see cref="LargeRecordStrategy.ZeroCopy"/>.</summary>
    public LargeRecordStrategy LargeRecords { get; init; } = LargeRecordStrategy.ZeroCopy;

    /// <summary>Which connections send without copying. Default <see cref="ZeroCopyPolicy.Throughput"/>.</summary>
    public ZeroCopyPolicy ZeroCopy { get; init; } = ZeroCopyPolicy.Throughput;

    /// <summary>The smallest run of bytes sent without copying; below it a copy costs less than the bookkeeping. Default 64 KiB.</summary>
    public int ZeroCopyThreshold { get; init; } = 64 * 1024;

    /// <summary>The most connections of a channel; null for what <c>RLIMIT_NOFILE</c> allows.</summary>
    public int? MaximumConnections { get; init; }

    /// <summary>Which of the channels that listen on an endpoint gets a new connection. Default <see cref="AcceptSteering.Hash"/>.</summary>
    public AcceptSteering Steering { get; init; }

    /// <summary>Places in each ring's queue of completions. The kernel keeps what finds none, at a cost. Default 8,192.</summary>
    public int CompletionEntries { get; init; } = Ring.DefaultCompletions;
}
