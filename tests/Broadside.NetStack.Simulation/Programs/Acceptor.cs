using Broadside.NetStack.Simulation.Hosts;
using Broadside.NetStack.Tcp;

namespace Broadside.NetStack.Simulation.Programs;

/// <summary>Accepts what the pairs' other sides open, or refuses it now and then.</summary>
internal sealed class Acceptor(World world, SimulatedHost host, Random random) : ITcpAcceptor
{
    private const double HowOftenRefused = 0.03;

    public ITcpUser? OnAccepted(TcpConnection connection)
    {
        if (world.FindPair(connection.Flow) is not { } pair)
        {
            throw new SimulationFailedException($"{host.Name} accepted {connection.Flow}, which nobody opened.");
        }

        if (!world.Scenario.IsCalm && random.Chance(HowOftenRefused))
        {
            world.Tally.Refused++;
            return null;
        }

        world.Tally.Accepted++;
        var endpoint = new Endpoint(world, pair, host, new Random(random.Next()));
        endpoint.Begin(connection);
        return endpoint;
    }
}
