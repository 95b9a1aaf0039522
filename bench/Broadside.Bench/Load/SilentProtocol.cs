using System.Net.Sockets;

namespace Broadside.Bench.Load;

/// <summary>The protocol of a server that sends to whoever connects.</summary>
internal sealed class SilentProtocol : IWireProtocol
{
    public void Subscribe(Socket socket)
    {
        // Being connected is enough.
    }

    public void Introduce(Socket socket) => throw new NotSupportedException("Nobody publishes to this server.");

    public byte[] Publication(ReadOnlySpan<byte> payload) => throw new NotSupportedException("Nobody publishes to this server.");

    public byte[] Delivery(ReadOnlySpan<byte> payload) => payload.ToArray();
}
