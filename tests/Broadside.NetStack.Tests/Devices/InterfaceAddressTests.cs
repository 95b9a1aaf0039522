namespace Broadside.NetStack.Tests.Devices;

public sealed class InterfaceAddressTests
{
    [Fact]
    public void An_xdp_device_has_its_interfaces_addresses()
    {
        Requirement.NetworkNamespaces();
        var (ours, kernels) = NetworkNamespace.CreatePair("bs0");
        using (kernels)
        using (ours)
        {
            Assert.Contains("has no address", Assert.Throws<DeviceFailedException>(() => ours.Run(TakeOver)).Message, StringComparison.Ordinal);
            ours.Ip("address add 10.9.0.2/24 dev bs0");
            Assert.Equal([NetStackAddress.Parse("10.9.0.2/24")], ours.Run(TakeOver).Addresses);
        }
    }

    [Fact]
    public void An_interface_that_is_not_there_has_none() =>
        Assert.Contains(
            "no interface none0", Assert.Throws<DeviceFailedException>(() => NetStackOptions.TakeOver("xdp:none0")).Message, StringComparison.Ordinal);

    /// <summary>Where the kernel gets the packets too, it would answer them with RST.</summary>
    [Theory]
    [InlineData("tun:bs0")]
    [InlineData("packet:bs0")]
    [InlineData("shm:/dev/shm/wire")]
    public void Other_devices_take_over_nothing(string device) =>
        Assert.Contains(
            "an address of its own", Assert.Throws<DeviceFailedException>(() => NetStackOptions.TakeOver(device)).Message, StringComparison.Ordinal);

    private static NetStackOptions TakeOver() => NetStackOptions.TakeOver("xdp:bs0");
}
