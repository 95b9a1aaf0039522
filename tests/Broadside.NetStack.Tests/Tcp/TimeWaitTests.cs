using Broadside.NetStack.Tcp;
using Broadside.NetStack.Tests.Tcp.Harness;

namespace Broadside.NetStack.Tests.Tcp;

/// <summary>What is left of connections: bounded, and gone after two maximum segment lifetimes.</summary>
public sealed class TimeWaitTests : IDisposable
{
    private const int Limit = 3;

    private readonly TcpWorld _world = new(client: new() { MaximumTimeWaits = Limit });

    public void Dispose()
    {
        _world.Dispose();
        Assert.Empty(_world.Arena.Outstanding());
    }

    [Fact]
    public void At_the_limit_the_oldest_gives_way()
    {
        var acceptor = _world.Server.Listen(80);
        for (var count = 1; count <= Limit + 2; count++)
        {
            CloseOne(acceptor);
            Assert.Equal(Math.Min(count, Limit), _world.Client.Layer.TimeWaitCount);
        }

        Assert.Equal(2, _world.Client.Layer.Counters.TimeWaitsEvicted);
        _world.RunFor(new TcpSettings().TimeWait);
        Assert.Empty(_world.Client.Layer.Endpoints);
    }

    /// <summary>RFC 6191: a flow in TIME-WAIT begins anew, and is not remembered twice.</summary>
    [Fact]
    public void A_flow_that_is_used_again_and_again_takes_one_place()
    {
        var acceptor = _world.Server.Listen(80);
        for (var count = 0; count < 100; count++)
        {
            CloseOne(acceptor, localPort: (ushort)(40_000 + (count % 2)), serverFirst: true);
            Assert.InRange(_world.Server.Layer.TimeWaitCount, 1, 2);
        }

        Assert.Equal(0, _world.Server.Layer.Counters.TimeWaitsEvicted);
    }

    private void CloseOne(TestAcceptor acceptor, ushort localPort = 0, bool serverFirst = false)
    {
        var accepted = acceptor.Accepted.Count;
        var client = _world.Client.Connect(_world.Server, 80, localPort: localPort);
        _world.Run(() => acceptor.Accepted.Count > accepted && client.Seen.HasFlag(TcpEvents.Established), "the connection");
        var server = acceptor.Accepted[^1];
        var (first, second) = serverFirst ? (server, client) : (client, server);
        first.Connection.ShutdownSend();
        _world.Run(() => second.Seen.HasFlag(TcpEvents.PeerClosed), "the first end of stream");
        second.Connection.ShutdownSend();
        _world.Run(() => client.CloseReason is not null && server.CloseReason is not null, "both to close");
    }
}
