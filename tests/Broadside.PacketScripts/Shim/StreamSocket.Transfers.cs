using Broadside.Channels;
using Broadside.NetStack.Tcp;
using Broadside.PacketScripts.Sockets;

namespace Broadside.PacketScripts.Shim;

/// <content>Reading and writing. What is written lies in the arena until the peer has acknowledged it.</content>
internal sealed partial class StreamSocket
{
    /// <summary>As Linux's tcp_wmem ends.</summary>
    private const int DefaultSendLimit = 4 << 20;

    private int _sendLimit;

    private long SendRoom => _connection is { } connection ? _sendLimit - connection.UnacknowledgedLength : 0;

    public override SocketResult Send(ReadOnlySpan<byte> bytes, bool more)
    {
        if (_progress == Progress.Connecting)
        {
            return Errno.EAGAIN;
        }

        if (TakeError() is var error and not Errno.None)
        {
            return error;
        }

        if (_isShutDownForSending || _connection is null or { IsClosed: true })
        {
            return Errno.EPIPE;
        }

        var length = (int)Math.Min(bytes.Length, SendRoom);
        if (length <= 0)
        {
            return bytes.IsEmpty ? SocketResult.Success : Errno.EAGAIN;
        }

        _connection.IsCorked = _isCorked || more;
        _connection.Send(Copy(bytes[..length]));
        return new SocketResult(length);
    }

    public override SocketResult Receive(Span<byte> bytes, bool peek)
    {
        if (_connection is null)
        {
            return TakeError() is var pending and not Errno.None ? pending : Errno.ENOTCONN;
        }

        if (_connection.ReadableLength > 0 && !bytes.IsEmpty)
        {
            return new SocketResult(peek ? PeekAt(bytes) : Read(bytes));
        }

        return _connection.HasPeerClosed && _error == Errno.EPIPE ? SocketResult.Success
            : TakeError() is var error and not Errno.None ? error
            : _isShutDownForReceiving || _connection.HasPeerClosed || _connection.IsClosed ? SocketResult.Success
            : _progress == Progress.Connecting ? Errno.ENOTCONN
            : Errno.EAGAIN;
    }

    private int Read(Span<byte> bytes)
    {
        var read = 0;
        while (read < bytes.Length && _connection!.Peek(out var buffer, out var offset) is > 0 and var available)
        {
            var part = Math.Min(available, bytes.Length - read);
            buffer.Extent.Span.Slice(offset, part).CopyTo(bytes[read..]);
            _connection.Consume(part, Now);
            read += part;
        }

        return read;
    }

    private int PeekAt(Span<byte> bytes)
    {
        var length = Math.Min(_connection!.Peek(out var buffer, out var offset), bytes.Length);
        buffer.Extent.Span.Slice(offset, length).CopyTo(bytes);
        return length;
    }

    private SendBatch Copy(ReadOnlySpan<byte> bytes)
    {
        var batch = new SendBatch();
        while (!bytes.IsEmpty)
        {
            var extent = _sockets.Arena.Allocate(Math.Min(bytes.Length, Arena.MaximumExtent));
            bytes[..extent.Length].CopyTo(extent.Span);
            batch.Add(extent);
            bytes = bytes[extent.Length..];
        }

        return batch;
    }

    private void ReleaseSent(TcpConnection connection)
    {
        while (connection.TryTakeReleased(out var batch))
        {
            foreach (var extent in batch.Extents)
            {
                _sockets.Arena.Free(extent);
            }
        }
    }
}
