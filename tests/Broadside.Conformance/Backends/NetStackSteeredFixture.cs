using Broadside.NetStack;
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

/// <summary>The same with three channels, of which a test seldom has the third: then its flows are refused by the first.</summary>
public sealed class NetStackSteeredByThreeFixture : NetStackSteeredFixture
{
    internal override int Channels => 3;
}
