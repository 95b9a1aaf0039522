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
}
