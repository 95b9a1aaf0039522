using System.Collections.Concurrent;
using System.Net.Sockets;
using Broadside.Bench.Load;

namespace Broadside.Bench.Workers.AsyncSockets;

/// <summary>Answers one request on a socket, then closes it; the next socket is served by the same object.</summary>
internal sealed class AsyncHttp
{
    private static readonly ConcurrentStack<AsyncHttp> Pool = new();

    private readonly SocketAsyncEventArgs _receive = new(true);
    private readonly SocketAsyncEventArgs _send = new(true);
    private Socket _socket = null!;
    private RequestScanner _scanner;

    private AsyncHttp()
    {
        _receive.SetBuffer(new byte[4096]);
        _send.SetBuffer(HttpExchange.Response);
        _receive.Completed += (_, _) => OnReceived();
        _send.Completed += (_, _) => Close();
    }

    public static void Serve(Socket socket)
    {
        var connection = Pool.TryPop(out var pooled) ? pooled : new AsyncHttp();
        connection._socket = socket;
        connection._scanner = default;
        connection.Receive();
    }

    private void Receive()
    {
        while (!_socket.ReceiveAsync(_receive))
        {
            if (!Handle())
            {
                return;
            }
        }
    }

    private void OnReceived()
    {
        if (Handle())
        {
            Receive();
        }
    }

    /// <summary>Whether there is more to receive.</summary>
    private bool Handle()
    {
        if (_receive.SocketError != SocketError.Success || _receive.BytesTransferred == 0)
        {
            Close();
            return false;
        }

        if (!_scanner.EndsIn(_receive.MemoryBuffer.Span[.._receive.BytesTransferred]))
        {
            return true;
        }

        if (!_socket.SendAsync(_send))
        {
            Close();
        }

        return false;
    }

    // Disposing it alone could reset the connection under what has yet to go out.
    private void Close()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // The peer has gone.
        }

        _socket.Dispose();
        Pool.Push(this);
    }
}
