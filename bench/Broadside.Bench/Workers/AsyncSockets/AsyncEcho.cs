using System.Net.Sockets;

namespace Broadside.Bench.Workers.AsyncSockets;

/// <summary>Sends back what arrives on a socket.</summary>
internal sealed class AsyncEcho
{
    private readonly byte[] _buffer = new byte[4096];
    private readonly SocketAsyncEventArgs _receive = new(true);
    private readonly SocketAsyncEventArgs _send = new(true);
    private readonly Socket _socket;

    private AsyncEcho(Socket socket)
    {
        _socket = socket;
        _receive.SetBuffer(_buffer);
        _receive.Completed += (_, _) => OnReceived();
        _send.Completed += (_, _) => OnSent();
    }

    public static void Serve(Socket socket) => new AsyncEcho(socket).Receive();

    private void Receive()
    {
        while (!_socket.ReceiveAsync(_receive))
        {
            if (!Echo())
            {
                return;
            }
        }
    }

    private void OnReceived()
    {
        if (Echo())
        {
            Receive();
        }
    }

    private void OnSent()
    {
        if (IsSent())
        {
            Receive();
        }
    }

    /// <summary>Whether it has been sent by now.</summary>
    private bool Echo()
    {
        if (_receive.SocketError != SocketError.Success || _receive.BytesTransferred == 0)
        {
            Close();
            return false;
        }

        _send.SetBuffer(_buffer, 0, _receive.BytesTransferred);
        return !_socket.SendAsync(_send) && IsSent();
    }

    private bool IsSent()
    {
        if (_send.SocketError != SocketError.Success)
        {
            Close();
            return false;
        }

        return true;
    }

    private void Close()
    {
        _socket.Dispose();
        _receive.Dispose();
        _send.Dispose();
    }
}
