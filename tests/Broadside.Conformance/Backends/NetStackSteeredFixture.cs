using Broadside.NetStack;
using Broadside.NetStack.Devices;
using Broadside.NetStack.Steering;

namespace Broadside.Conformance.Backends;

/// <summary>The network stack with one port and one address for all channels: the first hands on to the others what is theirs.</summary>
public class NetStackSteeredFixture : NetStackFixture
{
    public override bool ChannelsShareAddresses => true;

    /// <summary>Over how many channels flows are spread. Further ones have only what they are given.</summary>
    internal virtual int Channels => 2;

    protected override ChannelBackend CreateBackend()
    {
        var shared = Attach();
        var group = new SteeringGroup(() => shared.OpenDevice(Arena), Channels);
        return new NetStackBackend(_ => new NetworkAttachment(group.Add(), shared.Options));
    }
}

/// <summary>
/// The same for three channels, of which a test has seldom more than two: whose flows are the third's, are claimed by others. Frames take a
/// while, and the port cuts segments.
/// </summary>
public sealed class NetStackSteeredByThreeFixture : NetStackSteeredFixture
{
    internal override int Channels => 3;

    internal override SimulatedPortOptions Port => base.Port with { Latency = TimeSpan.FromMilliseconds(1), MaximumSegmentedLength = 65_000 };
}
