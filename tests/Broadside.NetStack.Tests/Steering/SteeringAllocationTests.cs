using Broadside.NetStack.Network;
using Broadside.NetStack.Steering;
using Broadside.NetStack.Tests.Network;

namespace Broadside.NetStack.Tests.Steering;

[Collection(AllocationTests.Name)]
public sealed class SteeringAllocationTests
{
    [Fact]
    public void Handing_packets_on_allocates_nothing()
    {
        var exceptions = new SteeringExceptions(4, new KeyedHash(1, 2));
        exceptions.TryAdd(SteeredFlow.ToPort(InternetProtocol.Udp, 53), 0);
        var steering = new FlowSteering(2, new ToeplitzHash(ToeplitzHash.MicrosoftKey), exceptions);
        PacketInbox[] inboxes = [new(16, 64, () => { }), new(16, 64, () => { })];
        var forwarder = new PacketForwarder(0, steering, inboxes);
        var flows = Enumerable.Range(0, 10).Select(index => new SteeredFlow(InternetProtocol.Tcp, Flows.Random(new Random(index)))).ToArray();
        var received = 0;
        AllocationTests.AssertNone(() =>
        {
            foreach (ref readonly var flow in flows.AsSpan())
            {
                forwarder.TryForward(flow, new() { Bytes = "a packet"u8 });
            }

            forwarder.Flush();
            while (inboxes[1].TryTake(out _))
            {
                received++;
            }
        });
        Assert.True(received > 0);
    }
}
