using Broadside.NetStack.Network;
using Broadside.NetStack.Simulation.Hosts;
using Broadside.NetStack.Tcp;

namespace Broadside.NetStack.Simulation.Programs;

/// <summary>
/// Two ends that connect, and what becomes of it. Usually each host has one endpoint of a pair; after an opening that was lost half way,
/// or a cookie that came late, one may have several, all of the same streams.
/// </summary>
internal sealed class Pair(int number, Opening opening, SimulatedHost left, SimulatedHost right)
{
    public int Number => number;

    public Opening Opening => opening;

    /// <summary>Who begins, if one does.</summary>
    public SimulatedHost Left => left;

    public SimulatedHost Right => right;

    public List<Endpoint> Endpoints { get; } = [];

    /// <summary>What the host sends in this pair.</summary>
    public Pattern StreamOf(SimulatedHost host) => new((2 * number) + (host == left ? 0 : 1));

    public IEnumerable<Endpoint> At(SimulatedHost host) => Endpoints.Where(endpoint => endpoint.Host == host);

    public SimulatedHost Other(SimulatedHost host) => host == left ? right : left;
}

/// <summary>Who begins.</summary>
internal enum Opening : byte
{
    /// <summary>One connects where the other listens.</summary>
    Active,

    /// <summary>Both connect at once (RFC 9293 section 3.5, figure 7).</summary>
    Simultaneous,
}
