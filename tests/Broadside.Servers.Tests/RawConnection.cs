using System.Net;
using System.Net.Sockets;

namespace Broadside.Servers.Tests;

/// <summary>Bytes to a server and back, with a deadline on every wait.</summary>
public sealed class RawConnection : IDisposable
{
    private const int DeadlineMilliseconds = 10_000;
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<byte> _received = [];

    public RawConnection(IPEndPoint server)
    {
        _socket.NoDelay = true;
        _socket.ReceiveTimeout = DeadlineMilliseconds;
        _socket.Connect(server);
    }

    public void Send(ReadOnlySpan<byte> bytes) => _socket.Send(bytes);

    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Receives until <paramref name="measure"/> finds an answer at the start of what came: its length, or -1 for not yet.</summary>
    /// <returns>The answer; less than one, at the end of the stream or the deadline.</returns>
    public byte[] Receive(Func<byte[], int> measure)
    {
        var chunk = new byte[65536];
        while (true)
        {
            var length = measure([.. _received]);
            if (length >= 0)
            {
                return Take(length);
            }

            var count = ReceiveSome(chunk);
            if (count == 0)
            {
                return Take(_received.Count);
            }

            _received.AddRange(chunk.AsSpan(0, count));
        }
    }

    /// <summary>Receives so many bytes, whatever they are.</summary>
    public void Skip(int length)
    {
        for (Span<byte> buffer = stackalloc byte[4096]; length > 0;)
        {
            var count = _socket.Receive(buffer[..Math.Min(length, buffer.Length)]);
            Assert.True(count > 0, "the stream ended");
            length -= count;
        }
    }

    public byte[] ReceiveToEnd() => Receive(static _ => -1);

    public void Dispose() => _socket.Dispose();

    private int ReceiveSome(byte[] chunk)
    {
        try
        {
            return _socket.Receive(chunk);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock or SocketError.ConnectionReset)
        {
            return 0;
        }
    }

    private byte[] Take(int length)
    {
        var taken = _received[..length].ToArray();
        _received.RemoveRange(0, length);
        return taken;
    }
}
