using System.Text;

namespace Broadside.NetStack.Interop.Harness;

/// <summary>As much of HTTP/1.1 as load generators need: one answer to every request, and an end where the request asks for it.</summary>
internal sealed class HttpResponder : IConnectionAcceptor, IDisposable
{
    private readonly Arena _arena;
    private readonly Extent _response;
    private readonly Extent _lastResponse;

    public HttpResponder(Arena arena, ReadOnlySpan<byte> body)
    {
        _arena = arena;
        _response = Create("", body);
        _lastResponse = Create("Connection: close\r\n", body);
    }

    /// <summary>Counted on the channel's thread.</summary>
    public int Connections { get; private set; }

    public int Requests { get; private set; }

    public IConnectionHandler? OnAccepted(ChannelConnection connection)
    {
        Connections++;
        return new Handler(this);
    }

    public void Dispose()
    {
        _arena.Free(_response);
        _arena.Free(_lastResponse);
    }

    private Extent Create(string fields, ReadOnlySpan<byte> body)
    {
        var head = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n{fields}\r\n");
        var response = _arena.Allocate(head.Length + body.Length);
        head.CopyTo(response.Span);
        body.CopyTo(response.Span[head.Length..]);
        return response;
    }

    private sealed class Handler(HttpResponder owner) : IConnectionHandler
    {
        private static readonly byte[] End = "\r\n\r\n"u8.ToArray();
        private static readonly byte[] Close = "Connection: close"u8.ToArray();

        private readonly Queue<bool> _waiting = [];
        private ChannelConnection _connection = null!;
        private byte[] _head = [];
        private bool _isSending;

        public void OnConnected(ChannelConnection connection) => _connection = connection;

        public void OnReceived(ReceivedSegment segment)
        {
            _head = [.. _head, .. segment.Extent.Span];
            int end;
            while ((end = _head.AsSpan().IndexOf(End)) >= 0)
            {
                owner.Requests++;
                _waiting.Enqueue(_head.AsSpan(0, end).IndexOf(Close) >= 0);
                _head = _head[(end + End.Length)..];
            }

            Respond();
        }

        public void OnExtentReceived(Extent extent)
        {
        }

        public void OnSendAccepted(SendBatch batch)
        {
            _isSending = false;
            Respond();
        }

        public void OnSendReleased(SendBatch batch)
        {
        }

        public void OnPeerClosed() => _connection.Close();

        public void OnClosed(CloseReason reason, Exception? error)
        {
        }

        private void Respond()
        {
            while (!_isSending && _waiting.TryDequeue(out var isLast))
            {
                var batch = new SendBatch();
                batch.Add(isLast ? owner._lastResponse : owner._response);
                _isSending = _connection.Send(batch) == SendStatus.Pending;
                if (isLast)
                {
                    _connection.Close();
                    return;
                }
            }
        }
    }
}
