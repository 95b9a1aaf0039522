using Broadside.NetStack.Devices;

namespace Broadside.NetStack.Tests.Devices;

/// <summary>TUN: the kernel is the other host.</summary>
public sealed class TunDeviceTests : SegmentingLinkTests
{
    internal override DeviceLink Open(bool hasIPv6 = false) => new TunLink(hasIPv6);

    [Fact]
    public void Frames_are_packets()
    {
        using var link = Open();
        Assert.Equal(LinkLayer.None, link.Device.LinkLayer);
        Assert.Equal("tun:bs0", link.Device.Name);
    }

    [Fact]
    public void Several_queues_share_an_interface()
    {
        Requirement.Tun();
        using var space = NetworkNamespace.Create();
        using var first = space.Run(() => DeviceAddress.Parse("tun:bs0").Open(0, 2));
        using var second = space.Run(() => DeviceAddress.Parse("tun:bs0").Open(1, 2));
        Assert.Contains("was made with several queues", Refusal(space, () => TunDevice.Open("bs0")), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_missing_is_said()
    {
        using var link = Open();
        Assert.Contains("in use by another process", Refusal("bs0"), StringComparison.Ordinal);
        Assert.Contains("1 to 15 characters", Refusal("an-interface-name-too-long"), StringComparison.Ordinal);
        Assert.Contains("no TUN interface", Refusal("lo"), StringComparison.Ordinal);
        Assert.Contains("CAP_NET_ADMIN", Refusal("bs1", Capabilities.DropAll), StringComparison.Ordinal);
        Assert.Contains("modprobe tun", TunInterface.ExplainOpen(2), StringComparison.Ordinal);

        string Refusal(string name, Action? before = null) => KernelLinkTests.Refusal(link.Space, () => TunDevice.Open(name), before);
    }

    [Fact]
    public void Nothing_stays_of_a_process_that_is_killed()
    {
        Requirement.Tun();
        using var space = NetworkNamespace.Create();
        using var process = DeviceProcess.Start(space, "tun:bs0");
        Assert.Contains("bs0", space.Ip("link"), StringComparison.Ordinal);
        DeviceProcess.KillAtOnce(process);
        Assert.DoesNotContain("bs0", space.Ip("link"), StringComparison.Ordinal);
    }
}
