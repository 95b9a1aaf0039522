using System.Net.Sockets;

namespace Broadside.Bench.Load;

/// <summary>Connections that have subscribed, ready to be drained.</summary>
internal sealed class Subscribers : IDisposable
{
    private readonly Socket[] _sockets;

    public Subscribers(IWireProtocol protocol, int port, int count, int receiveBuffer = 0)
    {
        _sockets = new Socket[count];
        for (var index = 0; index < count; index++)
        {
            _sockets[index] = Handshake.Connect(port, receiveBuffer);
            protocol.Subscribe(_sockets[index]);
            _sockets[index].Blocking = false;
        }

        Descriptors = Array.ConvertAll(_sockets, static socket => (int)socket.Handle);
    }

    public int Count => _sockets.Length;

    /// <summary>What the system's calls know them by.</summary>
    public int[] Descriptors { get; }

    public void Dispose()
    {
        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }
    }
}
