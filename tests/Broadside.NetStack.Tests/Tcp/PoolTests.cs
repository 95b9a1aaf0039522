using Broadside.NetStack.Tcp;
using Broadside.NetStack.Tests.Tcp.Harness;

namespace Broadside.NetStack.Tests.Tcp;

/// <summary>What was used for one connection serves the next.</summary>
public sealed class PoolTests
{
    [Fact]
    public void Connections_one_after_the_other_are_answered_alike()
    {
        using var world = new TcpWorld();
        var acceptor = world.Server.Listen(80);
        for (var count = 1; count <= 3; count++)
        {
            var user = world.Client.Connect(world.Server, 80);
            var limit = TimeSpan.FromMilliseconds(500);
            world.Run(() => acceptor.Accepted.Count == count && user.Seen.HasFlag(TcpEvents.Established), $"connection {count}", limit);
        }
    }

    [Fact]
    public void All_memory_is_back_after_the_end_whatever_was_under_way()
    {
        var world = new TcpWorld();
        var (client, server) = world.Connect();
        server.Reads = false;
        client.Send(new byte[50_000]);
        world.RunFor(TimeSpan.FromMilliseconds(100));
        Assert.Equal(50_000, server.Connection.ReadableLength);

        // The ends are not told any more.
        world.Client.Layer.AbortAll(world.Now);
        world.Server.Layer.AbortAll(world.Now);
        while (client.Connection.TryTakeReleased(out var batch))
        {
            world.Arena.Free(batch.Extents[0]);
        }

        world.Dispose();
        Assert.Empty(world.Arena.Outstanding());
        Assert.Equal((0, 0), (world.Client.Layer.ConnectionCount, world.Server.Layer.ConnectionCount));
    }
}
