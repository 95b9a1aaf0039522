using Broadside.Channels;

namespace Broadside.Bench.Workers.Channels;

/// <summary>Answers one request, then closes.</summary>
internal sealed class HttpHandler(HttpAcceptor owner, ChannelConnection connection) : IConnectionHandler
{
    private RequestScanner _scanner;

    public void OnConnected(ChannelConnection connection)
    {
    }

    public void OnReceived(ReceivedSegment segment)
    {
        if (!_scanner.EndsIn(segment.Extent.Span))
        {
            return;
        }

        var batch = owner.Rent();
        if (connection.Send(batch) == SendStatus.Released)
        {
            owner.Return(batch);
        }

        connection.Close();
    }

    public void OnExtentReceived(Extent extent) => throw new NotSupportedException("No extent was given.");

    public void OnSendAccepted(SendBatch batch)
    {
    }

    public void OnSendReleased(SendBatch batch) => owner.Return(batch);

    public void OnPeerClosed() => connection.Close();

    public void OnClosed(CloseReason reason, Exception? error)
    {
    }
}
