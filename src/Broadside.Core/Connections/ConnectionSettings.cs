using Broadside.Groups;

namespace Broadside.Connections;

/// <summary>What the connections of one listener, or one connect, share.</summary>
internal sealed class ConnectionSettings(IRecordFramer framer, IRecordHandler handler, ConnectionOptions options)
{
    public IRecordFramer Framer { get; } = framer;

    public IRecordHandler Handler { get; } = handler;

    public ConnectionOptions Options { get; } = options;

    public OutboxLimits Limits { get; } = new(options.MaximumQueuedBytes, options.Quantum, options.LargestQuantum);
}
