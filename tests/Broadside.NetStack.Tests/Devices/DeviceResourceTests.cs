using Broadside.NetStack.Devices;

namespace Broadside.NetStack.Tests.Devices;

/// <summary>What devices take of the process; alone, so that no other test's descriptors are counted.</summary>
[Collection(AllocationTests.Name)]
public sealed class DeviceResourceTests
{
    [Theory]
    [InlineData(DeviceKind.Tun)]
    [InlineData(DeviceKind.Packet)]
    [InlineData(DeviceKind.Xdp)]
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
    [InlineData(DeviceKind.Xdp)]
    internal void Nothing_is_left_open(DeviceKind kind)
    {
        Open(kind).Dispose();
        var before = OpenFiles();
        for (var round = 0; round < 3; round++)
        {
            using var link = Open(kind);
            link.AssertEcho(1);
            Assert.NotEqual("", KernelLinkTests.Refusal(link.Space, () => new DeviceAddress(kind, "lo").Open()));
        }

        Assert.Equal(before, OpenFiles());
    }

    // Of the kinds that devices have: the runtime has some of its own, which come and go.
    private static int OpenFiles() => Directory.GetFiles("/proc/self/fd")
        .Select(path => new FileInfo(path).LinkTarget ?? "")
        .Count(target => new[] { "socket:", "/dev/net/tun", "anon_inode:[eventfd]", "anon_inode:bpf" }.Any(target.StartsWith));

    private static DeviceLink Open(DeviceKind kind) => kind switch
    {
        DeviceKind.Tun => new TunLink(),
        DeviceKind.Packet => new VethLink(PacketSocketDevice.Open),
        _ => XdpDeviceTests.OpenLink(),
    };
}
