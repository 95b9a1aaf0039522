using System.Net.Sockets;
using System.Text;

namespace Broadside.Bench.Load;

/// <summary>The protocol of NATS.</summary>
internal sealed class NatsProtocol : IWireProtocol
{
    private const string Connect = "CONNECT {\"verbose\":false,\"pedantic\":false}\r\n";

    public void Subscribe(Socket socket)
    {
        Handshake.Send(socket, Connect + "SUB a 1\r\nPING\r\n");
        Handshake.Await(socket, "PONG\r\n");
    }

    public void Introduce(Socket socket)
    {
        Handshake.Send(socket, Connect + "PING\r\n");
        Handshake.Await(socket, "PONG\r\n");
    }

    public byte[] Publication(ReadOnlySpan<byte> payload) => Frame("PUB a", payload);

    public byte[] Delivery(ReadOnlySpan<byte> payload) => Frame("MSG a 1", payload);

    private static byte[] Frame(string head, ReadOnlySpan<byte> payload) =>
        [.. Encoding.ASCII.GetBytes($"{head} {payload.Length}\r\n"), .. payload, .. "\r\n"u8];
}
