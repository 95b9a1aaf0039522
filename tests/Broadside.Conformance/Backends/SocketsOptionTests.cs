using System.Net.Sockets;
using Broadside.Sockets;

namespace Broadside.Conformance.Backends;

/// <summary>Transport options reach the kernel, for accepted sockets too.</summary>
public sealed class SocketsOptionTests
{
    private const int ProtocolTcp = 6;
    private const int NotSentLowat = 25;

    [Fact]
    public void AcceptedSocketsHaveTheListenersOptions()
    {
        Require.Environment(OperatingSystem.IsLinux(), "The option's number is Linux's.");
        var options = new TransportOptions { UnsentLimit = 77_000, ReceiveBufferSize = 50_000 };
        using var listener = SocketOptions.Create(new IPEndPoint(IPAddress.Loopback, 0));
        SocketOptions.Apply(listener, options);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(listener.LocalEndPoint!);
        listener.Blocking = true;
        using var server = listener.Accept();
        SocketOptions.ApplyAccepted(server, options);

        Assert.Equal(77_000, UnsentLimit(server));
        Assert.True(server.NoDelay);
        Assert.Equal(listener.ReceiveBufferSize, server.ReceiveBufferSize);
        Assert.False(server.Blocking);
    }

    private static int UnsentLimit(Socket socket)
    {
        Span<byte> value = stackalloc byte[sizeof(int)];
        Assert.Equal(sizeof(int), socket.GetRawSocketOption(ProtocolTcp, NotSentLowat, value));
        return BitConverter.ToInt32(value);
    }
}
