using Broadside.NetStack.Devices;

namespace Broadside.NetStack.Tests.Devices;

/// <summary>What devices take of the process; alone, so that no other test's descriptors are counted.</summary>
[Collection(AllocationTests.Name)]
public sealed class DeviceResourceTests
{
    [Theory]
    [InlineData(DeviceKind.Tun)]
    [InlineData(DeviceKind.Packet)]
    internal void Frames_allocate_nothing(DeviceKind kind)
    {
        using var link = Open(kind);
        var request = link.Frame(Packets.EchoRequest(DeviceLink.Ours, DeviceLink.Kernels, 1, 1000));
        var extent = new Arena().Allocate(900);
        request.AsSpan(^extent.Length..).CopyTo(extent.Span);
        var extents = new[] { extent };
        var burst = new ReceivedFrame[64];
        AllocationTests.AssertNone(() =>
        {
            link.Device.TryTransmit(new OutgoingFrame
            {
                Headers = request.AsSpan(..^extent.Length),
                Payload = extents,
                PayloadLength = extent.Length,
            });
            link.Device.Flush();
            while (link.Device.Receive(burst) == 0)
            {
                link.Device.Wait(TimeSpan.FromSeconds(1), forRoom: false);
            }
        });
    }

    [Theory]
    [InlineData(DeviceKind.Tun)]
    [InlineData(DeviceKind.Packet)]
    internal void Nothing_is_left_open(DeviceKind kind)
    {
        Open(kind).Dispose();
        var before = Directory.GetFiles("/proc/self/fd").Length;
        for (var round = 0; round < 3; round++)
        {
            using var link = Open(kind);
            link.AssertEcho(1);
            Assert.NotEqual("", KernelLinkTests.Refusal(link.Space, () => new DeviceAddress(kind, "lo").Open()));
        }

        Assert.Equal(before, Directory.GetFiles("/proc/self/fd").Length);
    }

    private static DeviceLink Open(DeviceKind kind) =>
        kind == DeviceKind.Tun ? new TunLink() : new VethLink(name => new DeviceAddress(kind, name).Open());
}
