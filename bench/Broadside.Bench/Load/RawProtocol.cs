using System.Buffers.Binary;
using System.Net.Sockets;

namespace Broadside.Bench.Load;

/// <summary>The protocol of the harness's own servers: a byte that tells the role, then messages behind their lengths.</summary>
internal class RawProtocol : IWireProtocol
{
    public const int PrefixLength = 4;
    public const byte Subscriber = (byte)'S';
    public const byte Publisher = (byte)'P';

    public void Subscribe(Socket socket)
    {
        Handshake.Send(socket, "S");
        Handshake.Await(socket, "S");
    }

    public void Introduce(Socket socket) => Handshake.Send(socket, "P");

    public virtual byte[] Publication(ReadOnlySpan<byte> payload)
    {
        var frame = new byte[PrefixLength + payload.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, payload.Length);
        payload.CopyTo(frame.AsSpan(PrefixLength));
        return frame;
    }

    public virtual byte[] Delivery(ReadOnlySpan<byte> payload) => Publication(payload);
}
