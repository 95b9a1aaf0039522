using Broadside.Groups;

namespace Broadside.Connections;

/// <summary>What the connections of one listener, or one connect, share.</summary>
internal sealed class ConnectionSettings(IRecordFramer framer, IRecordHandler handler, ConnectionOptions options)
{
    private ConnectionSettings? _changed;

    public IRecordFramer Framer { get; } = framer;

    public IRecordHandler Handler { get; } = handler;

    public ConnectionOptions Options { get; } = options;

    public OutboxLimits Limits { get; } = new(options.MaximumQueuedBytes, options.Quantum, options.LargestQuantum);

    /// <summary>The same with another framer. Connections that change to the same one share it.</summary>
    public ConnectionSettings With(IRecordFramer framer)
    {
        var changed = ReferenceEquals(framer, Framer) ? this : Volatile.Read(ref _changed);
        if (changed is null || !ReferenceEquals(changed.Framer, framer))
        {
            Volatile.Write(ref _changed, changed = new ConnectionSettings(framer, Handler, Options));
        }

        return changed;
    }
}
