using System.Security.Cryptography;

namespace Broadside.NetStack.Interop.Harness;

/// <summary>The stack's end of a connection: sends so much, hashes what comes, and closes once both directions have ended.</summary>
internal sealed class StackEnd(Extent noise, long toSend) : IConnectionHandler, IConnectionAcceptor
{
    private const int BatchLength = 64 * 1024;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Outcome> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Stack<SendBatch> _released = [];
    private long _sent;
    private long _received;
    private bool _peerClosed;
    private bool _hasShutDown;

    public ChannelConnection? Connection { get; private set; }

    public Task Connected => _connected.Task;

    public Task<Outcome> Ended => _ended.Task;

    /// <summary>Whether this end ends its direction only when the test says so.</summary>
    public bool StaysOpen { get; init; }

    public IConnectionHandler? OnAccepted(ChannelConnection connection) => this;

    public void OnConnected(ChannelConnection connection)
    {
        Connection = connection;
        _connected.TrySetResult();
        SendMore();
    }

    public void OnReceived(ReceivedSegment segment)
    {
        _received += segment.Extent.Length;
        _hash.AppendData(segment.Extent.Span);
    }

    public void OnExtentReceived(Extent extent)
    {
    }

    public void OnSendAccepted(SendBatch batch) => SendMore();

    public void OnSendReleased(SendBatch batch)
    {
        batch.Clear();
        _released.Push(batch);
    }

    public void OnPeerClosed()
    {
        _peerClosed = true;
        CloseIfDone();
    }

    public void OnClosed(CloseReason reason, Exception? error)
    {
        _connected.TrySetException(new InvalidOperationException($"Closed: {reason}", error));
        _ = _connected.Task.Exception;
        _ended.TrySetResult(new Outcome(_received, Convert.ToHexString(_hash.GetHashAndReset()), reason, _peerClosed));
    }

    private void SendMore()
    {
        while (_sent < toSend)
        {
            var offset = (int)(_sent % Noise.Period);
            var length = (int)Math.Min(Math.Min(toSend - _sent, BatchLength), Noise.Period - offset);
            var batch = _released.Count > 0 ? _released.Pop() : new SendBatch();
            batch.Add(noise.Slice(offset, length));
            _sent += length;
            if (Connection!.Send(batch) == SendStatus.Pending)
            {
                return;
            }
        }

        if (!_hasShutDown && !StaysOpen)
        {
            _hasShutDown = true;
            Connection!.ShutdownSend();
        }

        CloseIfDone();
    }

    private void CloseIfDone()
    {
        if (_peerClosed && _sent == toSend && !StaysOpen)
        {
            Connection!.Close();
        }
    }
}
