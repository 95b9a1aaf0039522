using System.Net.Sockets;

namespace Broadside.Conformance.Harness;

/// <summary>An endpoint where connecting neither succeeds nor fails.</summary>
public sealed class SilentPeer(EndPoint endPoint, IReadOnlyList<IDisposable> held) : IDisposable
{
    public EndPoint EndPoint { get; } = endPoint;

    /// <summary>A listener that accepts nothing and whose backlog is full: the kernel drops further SYNs.</summary>
    public static SilentPeer WithFullBacklog()
    {
        const int MoreThanTheBacklog = 6;
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var held = new List<IDisposable> { listener };
        for (var count = 0; count < MoreThanTheBacklog; count++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            held.Add(socket);
            try
            {
                socket.Connect(listener.LocalEndPoint!);
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                // Under way; on loopback the handshake, or its being ignored, is over by now.
            }
        }

        return new SilentPeer(listener.LocalEndPoint!, held);
    }

    public void Dispose()
    {
        foreach (var item in held)
        {
            item.Dispose();
        }
    }
}
