using Broadside.Channels;

namespace Broadside.Testing.Tests;

/// <summary>Keeps what it is told, and checks that it is told in order.</summary>
internal class RecordingHandler : IConnectionHandler
{
    public ChannelConnection? Connection { get; private set; }

    public List<byte> Received { get; } = [];

    public List<Extent> Extents { get; } = [];

    public List<SendBatch> Accepted { get; } = [];

    public List<SendBatch> Released { get; } = [];

    public bool IsPeerClosed { get; private set; }

    public CloseReason? Reason { get; private set; }

    public Exception? Error { get; private set; }

    public Action<ChannelConnection>? Connected { get; set; }

    public Action<ReceivedSegment>? Arrived { get; set; }

    public void OnConnected(ChannelConnection connection)
    {
        Assert.Null(Connection);
        Assert.Null(Reason);
        Connection = connection;
        Connected?.Invoke(connection);
    }

    public void OnReceived(ReceivedSegment segment)
    {
        AssertOpen();
        Assert.False(IsPeerClosed);
        Received.AddRange(segment.Extent.Span);
        Arrived?.Invoke(segment);
    }

    public void OnExtentReceived(Extent extent)
    {
        AssertOpen();
        Extents.Add(extent);
        Received.AddRange(extent.Span);
    }

    public void OnSendAccepted(SendBatch batch)
    {
        AssertOpen();
        Assert.DoesNotContain(batch, Released);
        Accepted.Add(batch);
    }

    public void OnSendReleased(SendBatch batch)
    {
        AssertOpen();
        Released.Add(batch);
    }

    public void OnPeerClosed()
    {
        AssertOpen();
        Assert.False(IsPeerClosed);
        IsPeerClosed = true;
    }

    public void OnClosed(CloseReason reason, Exception? error)
    {
        Assert.Null(Reason);
        Reason = reason;
        Error = error;
    }

    private void AssertOpen()
    {
        Assert.NotNull(Connection);
        Assert.Null(Reason);
        Assert.True(Connection.Channel.IsOnThread);
    }
}
