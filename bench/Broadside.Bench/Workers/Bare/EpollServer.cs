using System.Net;
using System.Net.Sockets;
using Broadside.Bench.Load;

namespace Broadside.Bench.Workers.Bare;

/// <summary>The bare system calls: one thread, one epoll.</summary>
internal abstract unsafe class EpollServer
{
    private const int TcpLevel = 6;
    private const int DeferAccept = 9;
    private const int Listener = -1;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    protected Epoll Epoll { get; } = new();

    /// <summary>How accepted sockets are: 0, or non-blocking.</summary>
    protected virtual int AcceptFlags => 0;

    /// <summary>Serves until its input ends.</summary>
    /// <param name="port">Where.</param>
    /// <param name="defersAccept">Whether a connection is accepted only when a request has arrived on it.</param>
    public Task RunAsync(int port, bool defersAccept)
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.NoDelay = true;
        if (defersAccept)
        {
            _listener.SetRawSocketOption(TcpLevel, DeferAccept, BitConverter.GetBytes(5));
        }

        _listener.Blocking = false;
        _listener.Listen(4096);
        Epoll.Watch((int)_listener.Handle, Listener);
        new Thread(Loop) { IsBackground = true }.Start();
        return ServerConsole.RunAsync();
    }

    protected abstract void OnAccepted(int socket);

    /// <summary>A watched socket has something to receive.</summary>
    /// <param name="socket">The socket, which is its own index.</param>
    /// <param name="hasEnded">Whether nothing comes after it.</param>
    protected abstract void OnReady(int socket, bool hasEnded);

    private void Loop()
    {
        while (true)
        {
            var ready = Epoll.Wait(-1);
            for (var position = 0; position < ready; position++)
            {
                var socket = Epoll.Index(position);
                if (socket == Listener)
                {
                    Accept();
                }
                else
                {
                    OnReady(socket, Epoll.HasEnded(position));
                }
            }
        }
    }

    private void Accept()
    {
        for (int socket; (socket = Native.Accept((int)_listener.Handle, null, null, AcceptFlags)) >= 0;)
        {
            OnAccepted(socket);
        }
    }
}
