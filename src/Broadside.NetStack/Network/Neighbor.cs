using System.Diagnostics;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>A neighbor of this host: an entry of the <see cref="NeighborCache"/>, which uses it again for others.</summary>
internal sealed class Neighbor
{
    public NetworkAddress Address { get; private set; }

    public MacAddress LinkAddress { get; set; }

    public NeighborState State { get; set; }

    /// <summary>Changes when the entry is another neighbor's, so that who kept it notices.</summary>
    public int Generation { get; private set; }

    public bool IsInUse { get; private set; }

    /// <summary>When something is to be done in the states that wait: Incomplete, Delay and Probe.</summary>
    public TimeSpan Deadline { get; set; }

    public int SolicitationsSent { get; set; }

    /// <summary>Until when Reachable holds; afterwards it means Stale.</summary>
    public TimeSpan ReachableUntil { get; set; }

    public TimeSpan UsedAt { get; set; }

    public bool IsWaiting => IsInUse && State is NeighborState.Incomplete or NeighborState.Delay or NeighborState.Probe;

    public void Start(NetworkAddress address, TimeSpan now)
    {
        Debug.Assert(!IsInUse);
        (Address, LinkAddress, State) = (address, default, NeighborState.Incomplete);
        (Deadline, ReachableUntil, UsedAt) = (TimeSpan.MaxValue, default, now);
        SolicitationsSent = 0;
        IsInUse = true;
    }

    public void End()
    {
        IsInUse = false;
        Generation++;
    }
}
