namespace Broadside.Conformance.Harness;

/// <summary>Gives each accepted connection a handler and remembers it.</summary>
public sealed class RecordingAcceptor(BackendFixture fixture, Func<RecordingHandler>? create = null) : IConnectionAcceptor
{
    private readonly List<RecordingHandler> _handlers = [];
    private volatile int _count;

    public int Count => _count;

    public RecordingHandler this[int index]
    {
        get
        {
            lock (_handlers)
            {
                return _handlers[index];
            }
        }
    }

    public IConnectionHandler? OnAccepted(ChannelConnection connection)
    {
        var handler = create is null ? new RecordingHandler(fixture) : create();
        handler.Attach(connection);
        lock (_handlers)
        {
            _handlers.Add(handler);
        }

        _count++;
        fixture.Signal();
        return handler;
    }

    public IEnumerable<RecordingHandler> Handlers()
    {
        lock (_handlers)
        {
            return [.. _handlers];
        }
    }
}
