using Broadside.Bench.Load;
using Broadside.Channels;

namespace Broadside.Bench.Workers.Channels;

/// <summary>Answers a request on each of a channel's connections, with a response that is in memory once.</summary>
internal sealed class HttpAcceptor : IConnectionAcceptor
{
    private readonly Stack<SendBatch> _batches = new();
    private readonly Extent _response;

    public HttpAcceptor(IoChannel channel)
    {
        _response = channel.Arena.Allocate(HttpExchange.Response.Length);
        HttpExchange.Response.CopyTo(_response.Span);
    }

    public IConnectionHandler OnAccepted(ChannelConnection connection) => new HttpHandler(this, connection);

    /// <summary>A batch of the response.</summary>
    public SendBatch Rent()
    {
        if (_batches.TryPop(out var pooled))
        {
            return pooled;
        }

        var batch = new SendBatch();
        batch.Add(_response);
        return batch;
    }

    public void Return(SendBatch batch) => _batches.Push(batch);
}
