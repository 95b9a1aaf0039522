using Broadside.Sockets;

namespace Broadside.Conformance.Backends;

/// <summary>The portable backend.</summary>
public sealed class SocketsFixture : RealTimeFixture
{
    private static readonly Lazy<Task> WarmedUp = new(WarmUpAsync);

    public override async ValueTask StartAsync()
    {
        await WarmedUp.Value;
        await base.StartAsync();
    }

    protected override ChannelBackend CreateBackend() => new SocketsBackend();

    /// <summary>Has the framework open the descriptors it keeps for ever, so that the tests' own can be counted.</summary>
    private static async Task WarmUpAsync()
    {
        using var listener = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        listener.Listen();
        using var client = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint!);
        using var server = await listener.AcceptAsync();
        var waiting = server.ReceiveAsync(new byte[1]);
        await client.SendAsync(new byte[1]);
        await waiting;
    }
}
