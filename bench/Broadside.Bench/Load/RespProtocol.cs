using System.Net.Sockets;
using System.Text;

namespace Broadside.Bench.Load;

/// <summary>Redis's protocol.</summary>
internal sealed class RespProtocol : IWireProtocol
{
    public void Subscribe(Socket socket)
    {
        Handshake.Send(socket, "*2\r\n$9\r\nSUBSCRIBE\r\n$1\r\na\r\n");
        Handshake.Await(socket, ":1\r\n");
    }

    public void Introduce(Socket socket)
    {
        // A publisher is whoever publishes.
    }

    public byte[] Publication(ReadOnlySpan<byte> payload) => Frame("*3\r\n$7\r\nPUBLISH\r\n$1\r\na\r\n", payload);

    public byte[] Delivery(ReadOnlySpan<byte> payload) => Frame("*3\r\n$7\r\nmessage\r\n$1\r\na\r\n", payload);

    private static byte[] Frame(string head, ReadOnlySpan<byte> payload) =>
        [.. Encoding.ASCII.GetBytes($"{head}${payload.Length}\r\n"), .. payload, .. "\r\n"u8];
}
