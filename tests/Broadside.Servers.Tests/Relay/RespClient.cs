using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Broadside.Servers.Tests.Golden;

namespace Broadside.Servers.Tests.Relay;

/// <summary>A plain client: sends commands, reads values one by one, with a deadline on every wait. Values are shown escaped.</summary>
public sealed class RespClient : IDisposable
{
    private const int DeadlineMilliseconds = 20_000;
    private static readonly IRecordFramer Framer = Framers.Resp(64 << 20);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <param name="server">Where to.</param>
    /// <param name="receiveBuffer">The kernel's receive buffer, where a small one is wanted.</param>
    public RespClient(IPEndPoint server, int receiveBuffer = 0)
    {
        _socket.NoDelay = true;
        _socket.ReceiveTimeout = DeadlineMilliseconds;
        _socket.SendTimeout = DeadlineMilliseconds;
        if (receiveBuffer > 0)
        {
            _socket.ReceiveBufferSize = receiveBuffer;
        }

        _socket.Connect(server);
    }

    /// <summary>The bytes of a command.</summary>
    public static byte[] Encode(params string[] arguments)
    {
        var text = new StringBuilder($"*{arguments.Length}\r\n");
        foreach (var argument in arguments)
        {
            text.Append($"${Encoding.Latin1.GetByteCount(argument)}\r\n{argument}\r\n");
        }

        return Encoding.Latin1.GetBytes(text.ToString());
    }

    public void Send(params string[] arguments) => SendBytes(Encode(arguments));

    public void SendBytes(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[_socket.Send(bytes)..];
        }
    }

    /// <summary>Sends what the kernel takes at once.</summary>
    /// <returns>How much that was.</returns>
    public int TrySendBytes(ReadOnlySpan<byte> bytes)
    {
        _socket.Blocking = false;
        var sent = _socket.Send(bytes, SocketFlags.None, out var error);
        _socket.Blocking = true;
        Assert.True(error is SocketError.Success or SocketError.WouldBlock, $"{error}");
        return Math.Max(sent, 0);
    }

    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>The next value, escaped.</summary>
    public string Read() => GoldenScript.Escape(ReadBytes() ?? throw new EndOfStreamException());

    /// <summary>Sends a command and reads the next value.</summary>
    public string Ask(params string[] arguments)
    {
        Send(arguments);
        return Read();
    }

    /// <summary>The next value's bytes; null at the end of the stream or when the connection is reset.</summary>
    public byte[]? ReadBytes()
    {
        while (true)
        {
            var state = default(FramerState);
            var frame = Framer.TryFrame(new ReadOnlySequence<byte>(_buffer, _start, _end - _start), ref state);
            if (frame.Status == FrameStatus.Complete)
            {
                var value = _buffer.AsSpan(_start, frame.Count).ToArray();
                _start += frame.Count;
                return value;
            }

            Assert.Equal(FrameStatus.NeedMore, frame.Status);
            if (!Fill(frame.Count))
            {
                Assert.Equal(_start, _end);
                return null;
            }
        }
    }

    /// <summary>The strings of the next value, which is a message, in one line; null at the end of the stream.</summary>
    public string? ReadMessage()
    {
        if (ReadBytes() is not { } bytes)
        {
            return null;
        }

        // Every second part is a length.
        var parts = Encoding.Latin1.GetString(bytes).Split("\r\n");
        Assert.True(parts[0] is "*3" or ">3" or "*4" or ">4", parts[0]);
        return string.Join(' ', parts.Where((_, index) => index % 2 == 0 && index > 0 && index < parts.Length - 1));
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Vanishes without a word: the peer sees a reset.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    private bool Fill(int missing)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_buffer.Length - _end < missing)
        {
            Array.Resize(ref _buffer, Math.Max(_end + missing, _buffer.Length * 2));
        }

        try
        {
            var count = _socket.Receive(_buffer.AsSpan(_end));
            _end += count;
            return count > 0;
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionReset)
        {
            _end = _start;
            return false;
        }
    }
}
