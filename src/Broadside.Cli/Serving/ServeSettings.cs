using Broadside.Cli.Options;
using Broadside.IoUring;
using Broadside.NetStack;
using Broadside.Relay;
using Microsoft.Extensions.Logging;

namespace Broadside.Cli.Serving;

/// <summary>What <c>serve</c> was asked for.</summary>
internal sealed record ServeSettings
{
    public required string Backend { get; init; }

    /// <summary>How io_uring works; null for its defaults.</summary>
    public required IoUringOptions? IoUring { get; init; }

    /// <summary>The network of the user-level stack; null for other backends.</summary>
    public required NetStackOptions? NetStack { get; init; }

    public required int Channels { get; init; }

    public required bool PinThreads { get; init; }

    public required ByteSize Memory { get; init; }

    public required Duration DrainTimeout { get; init; }

    public required LogLevel LogLevel { get; init; }

    public required RelayOptions Relay { get; init; }
}
