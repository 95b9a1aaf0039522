using Broadside.NetStack.Network;
using Broadside.NetStack.Simulation.Hosts;
using Broadside.NetStack.Tcp;

namespace Broadside.NetStack.Simulation.Programs;

/// <summary>Accepts what the pairs' other sides open, or refuses it now and then.</summary>
internal sealed class Acceptor(World world, SimulatedHost host, Random random) : ITcpAcceptor
{
    private const double HowOftenRefused = 0.03;

    private readonly HashSet<Flow> _accepted = [];

    public ITcpUser? OnAccepted(TcpConnection connection)
    {
        if (world.FindPair(connection.Flow) is not { } pair)
        {
            throw new SimulationFailedException($"{host.Name} accepted {connection.Flow}, which nobody opened.");
        }

        if (!_accepted.Add(connection.Flow))
        {
            // By a cookie: an ACK that comes late makes a connection that was over begin once more (RFC 4987 section 3.6), until it is reset.
            world.Tally.Count("accepted again");
            world.Record.Forgive(connection.Flow);
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
