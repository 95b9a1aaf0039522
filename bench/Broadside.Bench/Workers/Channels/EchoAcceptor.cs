using Broadside.Channels;

namespace Broadside.Bench.Workers.Channels;

/// <summary>Echoes on a channel's connections.</summary>
internal sealed class EchoAcceptor(IoChannel channel) : IConnectionAcceptor
{
    private readonly Stack<EchoBatch> _batches = new();

    public IConnectionHandler OnAccepted(ChannelConnection connection) => new EchoHandler(this, connection);

    /// <summary>A batch with a copy of some bytes: what is small is copied, so that it does not pin the receive buffer.</summary>
    public EchoBatch Rent(ReadOnlySpan<byte> bytes)
    {
        var batch = _batches.TryPop(out var pooled) ? pooled : new EchoBatch(channel.Arena);
        batch.Fill(bytes);
        return batch;
    }

    public void Return(EchoBatch batch) => _batches.Push(batch);
}
