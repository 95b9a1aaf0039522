using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Broadside.Bench.Load;

/// <summary>Connecting, and the few bytes by which a connection begins. Blocks: nothing is measured yet.</summary>
internal static class Handshake
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Connects to a server that may still be starting.</summary>
    /// <param name="port">Its port on loopback.</param>
    /// <param name="receiveBuffer">The receive buffer's size; 0 leaves it to the system.</param>
    public static Socket Connect(int port, int receiveBuffer = 0)
    {
        for (var deadline = DateTime.UtcNow + Patience; ;)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                if (receiveBuffer > 0)
                {
                    socket.ReceiveBufferSize = receiveBuffer;
                }

                // Closing resets: thousands of ports are free again at once.
                socket.LingerState = new LingerOption(true, 0);
                socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
                socket.Connect(IPAddress.Loopback, port);
                return socket;
            }
            catch (SocketException) when (DateTime.UtcNow < deadline)
            {
                socket.Dispose();
                Thread.Sleep(20);
            }
        }
    }

    public static void Send(Socket socket, string text) => socket.Send(Encoding.ASCII.GetBytes(text));

    /// <summary>Receives until what came ends with a text.</summary>
    public static void Await(Socket socket, string ending)
    {
        var buffer = new byte[64 * 1024];
        var expected = Encoding.ASCII.GetBytes(ending);
        for (var length = 0; !buffer.AsSpan(0, length).EndsWith(expected);)
        {
            var received = socket.Receive(buffer.AsSpan(length));
            length += received > 0 ? received : throw new IOException("The server closed the connection.");
        }
    }
}
