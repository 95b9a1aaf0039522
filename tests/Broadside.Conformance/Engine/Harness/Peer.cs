namespace Broadside.Conformance.Engine.Harness;

/// <summary>One side of a connection in handler style: remembers what arrived and what happened.</summary>
public sealed class Peer(BackendFixture fixture, RecordConnection connection)
{
    private readonly List<Sent> _received = [];
    private volatile int _batches;
    private volatile int _peerClosed;
    private volatile int _closed;
    private volatile Exception? _error;

    public RecordConnection Connection { get; } = connection;

    /// <summary>Calls of the handler for records.</summary>
    public int Batches => _batches;

    public int PeerClosedCount => _peerClosed;

    public int ClosedCount => _closed;

    public bool IsClosed => _closed > 0;

    public Exception? Error => _error;

    public int Count
    {
        get
        {
            lock (_received)
            {
                return _received.Count;
            }
        }
    }

    public Sent[] Received()
    {
        lock (_received)
        {
            return [.. _received];
        }
    }

    public int[] NumbersOf(int sender) => [.. Received().Where(sent => sent.Sender == sender).Select(sent => sent.Number)];

    public void Note(ReadOnlySpan<byte> bytes)
    {
        var sent = Wire.Read(bytes);
        if (sent is null || IsClosed)
        {
            fixture.Violate(sent is null ? "What arrived is no record that was sent." : "A record arrived after the end.");
            return;
        }

        lock (_received)
        {
            _received.Add(sent.Value);
        }

        fixture.Signal();
    }

    public void NoteBatch() => _batches++;

    public void NotePeerClosed()
    {
        _peerClosed++;
        fixture.Signal();
    }

    public void NoteClosed(Exception? error)
    {
        _error = error;
        _closed++;
        fixture.Signal();
    }
}
