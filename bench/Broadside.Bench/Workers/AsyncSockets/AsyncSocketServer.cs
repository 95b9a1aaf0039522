using System.Net;
using System.Net.Sockets;

namespace Broadside.Bench.Workers.AsyncSockets;

/// <summary>The framework's asynchronous sockets, used as well as one would by hand: reused operations, no tasks, no allocation.</summary>
internal sealed class AsyncSocketServer
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly SocketAsyncEventArgs _accept = new(true);
    private readonly Action<Socket> _serve;

    private AsyncSocketServer(int port, Action<Socket> serve)
    {
        _serve = serve;
        _accept.Completed += (_, _) => OnAccepted();
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.Listen(4096);
        _listener.NoDelay = true;
    }

    /// <summary>Serves until its input ends.</summary>
    /// <param name="port">Where.</param>
    /// <param name="serve">What to do with a connection.</param>
    public static Task RunAsync(int port, Action<Socket> serve)
    {
        new AsyncSocketServer(port, serve).Accept();
        return ServerConsole.RunAsync();
    }

    private void OnAccepted()
    {
        Serve();
        Accept();
    }

    private void Accept()
    {
        while (!_listener.AcceptAsync(_accept))
        {
            Serve();
        }
    }

    private void Serve()
    {
        var (socket, error) = (_accept.AcceptSocket, _accept.SocketError);
        _accept.AcceptSocket = null;
        if (error == SocketError.Success)
        {
            _serve(socket!);
        }
    }
}
