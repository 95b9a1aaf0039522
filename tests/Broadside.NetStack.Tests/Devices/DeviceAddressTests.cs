using Broadside.NetStack.Devices;

namespace Broadside.NetStack.Tests.Devices;

public sealed class DeviceAddressTests
{
    [Theory]
    [InlineData("xdp:veth0", DeviceKind.Xdp, "veth0", 0)]
    [InlineData("xdp:veth0:3", DeviceKind.Xdp, "veth0", 3)]
    [InlineData("packet:eth1", DeviceKind.Packet, "eth1", 0)]
    [InlineData("packet:eth1:5", DeviceKind.Packet, "eth1:5", 0)]
    [InlineData("tun:bs0", DeviceKind.Tun, "bs0", 0)]
    [InlineData("shm:/dev/shm/wire", DeviceKind.Shm, "/dev/shm/wire", 0)]
    internal void What_names_a_device_is_read_and_written(string text, DeviceKind kind, string target, int queue)
    {
        var address = DeviceAddress.Parse(text);
        Assert.Equal(new DeviceAddress(kind, target, queue), address);
        Assert.Equal(text, address.ToString());
    }

    [Theory]
    [InlineData("", "nothing behind a colon")]
    [InlineData("eth0", "nothing behind a colon")]
    [InlineData("tun:", "nothing behind a colon")]
    [InlineData("tap:eth0", "'tap' is no kind of device")]
    [InlineData("XDP:eth0", "'XDP' is no kind of device")]
    [InlineData("xdp:eth0:", "'' is no queue's number")]
    [InlineData("xdp:eth0:one", "'one' is no queue's number")]
    [InlineData("xdp:eth0:-1", "'-1' is no queue's number")]
    public void What_does_not_is_refused_with_the_reason(string text, string reason)
    {
        var exception = Assert.Throws<FormatException>(() => DeviceAddress.Parse(text));
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
        Assert.Contains("xdp:IFNAME[:QUEUE], packet:IFNAME, tun:IFNAME or shm:PATH", exception.Message, StringComparison.Ordinal);
    }
}
