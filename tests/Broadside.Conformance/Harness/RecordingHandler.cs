namespace Broadside.Conformance.Harness;

/// <summary>Records a connection's events and checks what the contract says of every one of them.</summary>
public class RecordingHandler(BackendFixture fixture) : IConnectionHandler
{
    private readonly HashSet<SendBatch> _unreleased = [];
    private readonly HashSet<SendBatch> _unaccepted = [];
    private int _calls;
    private ChannelConnection? _connection;

    public delegate void ReceivedAction(RecordingHandler handler, ReceivedSegment segment);

    public ChannelConnection Connection => _connection ?? throw new InvalidOperationException("Not connected yet.");

    public bool IsConnected { get; private set; }

    public long ReceivedLength { get; private set; }

    public int ReceivedCount { get; private set; }

    public int ExtentCount { get; private set; }

    public int AcceptedCount { get; private set; }

    public int ReleasedCount { get; private set; }

    public int PendingCount { get; private set; }

    public int PeerClosedCount { get; private set; }

    public int ClosedCount { get; private set; }

    public bool IsClosed => ClosedCount > 0;

    public CloseReason Reason { get; private set; }

    public Exception? Error { get; private set; }

    /// <summary>Whether what arrives is compared with the pattern.</summary>
    public bool ChecksPattern { get; init; } = true;

    public Action<RecordingHandler>? WhenConnected { get; set; }

    public ReceivedAction? WhenReceived { get; set; }

    public Action<RecordingHandler, Extent>? WhenExtentReceived { get; set; }

    public Action<RecordingHandler, SendBatch>? WhenAccepted { get; set; }

    public Action<RecordingHandler, SendBatch>? WhenReleased { get; set; }

    public Action<RecordingHandler>? WhenPeerClosed { get; set; }

    public Action<RecordingHandler>? WhenClosed { get; set; }

    /// <summary>Takes note of the connection before it is established.</summary>
    public void Attach(ChannelConnection connection) => _connection ??= connection;

    public SendStatus Send(SendBatch batch)
    {
        _unreleased.Add(batch);
        _unaccepted.Add(batch);
        var status = Call(connection => connection.Send(batch));
        if (status == SendStatus.Pending)
        {
            PendingCount++;
        }
        else
        {
            _unaccepted.Remove(batch);
        }

        if (status == SendStatus.Released)
        {
            Release(batch);
        }

        return status;
    }

    /// <summary>Sends a part of the pattern in extents of the given lengths.</summary>
    public SendStatus SendPattern(long position, params ReadOnlySpan<int> lengths) => Send(new PatternBatch(fixture.Arena, position, lengths));

    public void Close() => Call(connection => connection.Close());

    public void Abort(CloseReason reason = CloseReason.Aborted) => Call(connection => connection.Abort(reason));

    public void ShutdownSend() => Call(connection => connection.ShutdownSend());

    public void PauseReceive() => Call(connection => connection.PauseReceive());

    public void ResumeReceive() => Call(connection => connection.ResumeReceive());

    public void ReceiveInto(Extent extent) => Call(connection => connection.ReceiveInto(extent));

    public void OnConnected(ChannelConnection connection)
    {
        Check(!IsConnected, "connected twice");
        Attach(connection);
        Check(connection.LocalEndPoint is not null && connection.RemoteEndPoint is not null, "connected without endpoints");
        IsConnected = true;
        Note(nameof(OnConnected));
        WhenConnected?.Invoke(this);
        fixture.Signal();
    }

    public void OnReceived(ReceivedSegment segment)
    {
        Note(nameof(OnReceived));
        Check(segment.Extent.Length > 0, "an empty segment");
        Count(segment.Extent.Span);
        ReceivedCount++;
        WhenReceived?.Invoke(this, segment);
        fixture.Signal();
    }

    public void OnExtentReceived(Extent extent)
    {
        Note(nameof(OnExtentReceived));
        Count(extent.Span);
        ExtentCount++;
        WhenExtentReceived?.Invoke(this, extent);
        fixture.Signal();
    }

    public void OnSendAccepted(SendBatch batch)
    {
        Note(nameof(OnSendAccepted));
        Check(_unaccepted.Remove(batch), "a batch accepted twice, or never sent");
        AcceptedCount++;
        WhenAccepted?.Invoke(this, batch);
        fixture.Signal();
    }

    public void OnSendReleased(SendBatch batch)
    {
        Note(nameof(OnSendReleased));
        ReleasedCount++;
        _unaccepted.Remove(batch);
        Release(batch);
        WhenReleased?.Invoke(this, batch);
        fixture.Signal();
    }

    public void OnPeerClosed()
    {
        Note(nameof(OnPeerClosed));
        Check(++PeerClosedCount == 1, "the peer's end reported twice");
        WhenPeerClosed?.Invoke(this);
        fixture.Signal();
    }

    public void OnClosed(CloseReason reason, Exception? error)
    {
        if (IsConnected)
        {
            Note(nameof(OnClosed));
        }

        Check(_unreleased.Count == 0, "closed before every batch was released");
        Reason = reason;
        Error = error;
        Check(++ClosedCount == 1, "closed twice");
        WhenClosed?.Invoke(this);
        fixture.Signal();
    }

    private void Release(SendBatch batch)
    {
        Check(_unreleased.Remove(batch), "a batch released twice, or never sent");
        (batch as PatternBatch)?.Free();
    }

    private void Count(ReadOnlySpan<byte> bytes)
    {
        if (ChecksPattern && Pattern.FirstMismatch(bytes, ReceivedLength) is >= 0 and var index)
        {
            fixture.Violate($"Byte {ReceivedLength + index} is not the one that was sent.");
        }

        ReceivedLength += bytes.Length;
    }

    private void Note(string callback)
    {
        Check(IsConnected, $"{callback} before OnConnected");
        Check(ClosedCount == 0, $"{callback} after OnClosed");
        Check(_calls == 0, $"{callback} from within a call on the connection");
        Check(Connection.Channel.IsOnThread, $"{callback} on a thread not the channel's");
    }

    private void Check(bool condition, string breach)
    {
        if (!condition)
        {
            fixture.Violate(breach);
        }
    }

    private void Call(Action<ChannelConnection> call) => Call(connection =>
    {
        call(connection);
        return true;
    });

    private T Call<T>(Func<ChannelConnection, T> call)
    {
        _calls++;
        try
        {
            return call(Connection);
        }
        finally
        {
            _calls--;
        }
    }
}
