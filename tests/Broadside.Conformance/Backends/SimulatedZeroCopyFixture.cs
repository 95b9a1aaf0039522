using Broadside.Testing;

namespace Broadside.Conformance.Backends;

/// <summary>A simulated network that accepts piecemeal and keeps memory until it is acknowledged.</summary>
public sealed class SimulatedZeroCopyFixture : SimulatedFixture
{
    protected override SimulatedNetworkOptions Options => new()
    {
        Seed = 1,
        SendRelease = SimulatedSendRelease.Acknowledged,
        MaximumReleaseDelay = TimeSpan.FromMilliseconds(1),
        MaximumAccept = 10_000,
        MaximumSegment = 1_460,

        // Not in the other direction, which datagrams take too: they are to keep their order here.
        ToConnector = new SimulatedLinkOptions { Jitter = TimeSpan.FromMilliseconds(1) },
    };
}
