using Broadside.Channels;

namespace Broadside.Bench.Workers.Channels;

/// <summary>Sends back what arrives. A peer that does not read is read no further.</summary>
internal sealed class EchoHandler(EchoAcceptor owner, ChannelConnection connection) : IConnectionHandler
{
    private const int MostQueued = 64 * 1024;

    private EchoBatch? _first;
    private EchoBatch? _last;
    private int _queued;
    private bool _isSending;
    private bool _hasPeerClosed;

    public void OnConnected(ChannelConnection connection)
    {
    }

    public void OnReceived(ReceivedSegment segment)
    {
        var batch = owner.Rent(segment.Extent.Span);
        if (_isSending)
        {
            Enqueue(batch);
        }
        else
        {
            Send(batch);
        }
    }

    public void OnExtentReceived(Extent extent) => throw new NotSupportedException("No extent was given.");

    public void OnSendAccepted(SendBatch batch)
    {
        _isSending = false;
        if (_queued > MostQueued)
        {
            connection.ResumeReceive();
        }

        while (!_isSending && _first is { } next)
        {
            _first = next.Next;
            next.Next = null;
            _queued -= (int)next.Length;
            Send(next);
        }

        CloseWhenDone();
    }

    public void OnSendReleased(SendBatch batch) => owner.Return((EchoBatch)batch);

    public void OnPeerClosed()
    {
        _hasPeerClosed = true;
        CloseWhenDone();
    }

    public void OnClosed(CloseReason reason, Exception? error)
    {
        for (; _first is { } batch; _first = batch.Next)
        {
            owner.Return(batch);
        }
    }

    private void Send(EchoBatch batch)
    {
        switch (connection.Send(batch))
        {
            case SendStatus.Pending:
                _isSending = true;
                break;
            case SendStatus.Released:
                owner.Return(batch);
                break;
        }
    }

    private void Enqueue(EchoBatch batch)
    {
        _last = _first is null ? _first = batch : _last!.Next = batch;
        _queued += (int)batch.Length;
        if (_queued > MostQueued)
        {
            connection.PauseReceive();
        }
    }

    private void CloseWhenDone()
    {
        if (_hasPeerClosed && _first is null)
        {
            connection.Close();
        }
    }
}
