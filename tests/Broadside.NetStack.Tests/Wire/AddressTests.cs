using System.Net;

namespace Broadside.NetStack.Tests.Wire;

public sealed class AddressTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("10.9.0.1")]
    [InlineData("224.0.0.251")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("fd00::2")]
    [InlineData("fe80::2c87:eeff:fe0e:b483")]
    [InlineData("ff02::1:ff00:2")]
    public void Addresses_convert_both_ways(string text)
    {
        var address = IPAddress.Parse(text);
        var converted = NetworkAddress.From(address);
        Assert.Equal(address, converted.ToIPAddress());
        Assert.Equal(text, converted.ToString());
        Assert.Equal(!text.Contains(':'), converted.IsIPv4);
        Assert.Equal(text is "0.0.0.0" or "::", converted.IsUnspecified);
        Assert.Equal(text.StartsWith("ff", StringComparison.Ordinal) || text.StartsWith("224", StringComparison.Ordinal), converted.IsMulticast);
    }

    [Fact]
    public void Addresses_of_the_wrong_family_are_refused()
    {
        Assert.ThrowsAny<ArgumentException>(() => IPv4Address.From(IPAddress.IPv6Loopback));
        Assert.ThrowsAny<ArgumentException>(() => IPv6Address.From(IPAddress.Loopback));
    }

    [Fact]
    public void Classes_of_addresses_are_told_apart()
    {
        Assert.True(IPv4("127.1.2.3").IsLoopback);
        Assert.True(IPv4("239.255.255.255").IsMulticast);
        Assert.False(IPv4("240.0.0.0").IsMulticast);
        Assert.True(IPv4Address.LimitedBroadcast.IsLimitedBroadcast);
        Assert.True(IPv6("febf::1").IsLinkLocal);
        Assert.False(IPv6("fec0::1").IsLinkLocal);
        Assert.True(IPv6("::1").IsLoopback);
        Assert.True(IPv6("::ffff:10.9.0.1").IsIPv4Mapped);
        Assert.False(IPv6("::fffe:10.9.0.1").IsIPv4Mapped);
        Assert.True(IPv6("ff02::1:ff12:3456").IsSolicitedNode);
        Assert.False(IPv6("ff02::1:fe12:3456").IsSolicitedNode);
        Assert.Equal(IPv6("ff02::1"), IPv6Address.AllNodes);
        Assert.Equal(IPv6("ff02::2"), IPv6Address.AllRouters);
    }

    [Fact]
    public void Multicast_groups_have_their_link_layer_addresses()
    {
        Assert.Equal(IPv6("ff02::1:ff0e:b483"), IPv6("fe80::2c87:eeff:fe0e:b483").SolicitedNode);
        Assert.Equal("33:33:ff:0e:b4:83", MacAddress.ForMulticast(IPv6("ff02::1:ff0e:b483")).ToString());
        Assert.Equal("01:00:5e:7f:00:fb", MacAddress.ForMulticast(IPv4("224.255.0.251")).ToString());
        Assert.True(MacAddress.Broadcast.IsGroup);
        Assert.False(new MacAddress(0x2E87_EE0E_B483).IsGroup);
    }

    [Theory]
    [InlineData(0, "::")]
    [InlineData(1, "8000::")]
    [InlineData(16, "fd12::")]
    [InlineData(64, "fd12:3456:789a:bcde::")]
    [InlineData(65, "fd12:3456:789a:bcde:8000::")]
    [InlineData(127, "fd12:3456:789a:bcde:ffff:ffff:ffff:fffe")]
    [InlineData(128, "fd12:3456:789a:bcde:ffff:ffff:ffff:ffff")]
    public void Prefixes_clear_what_is_behind_them(int length, string expected) =>
        Assert.Equal(IPv6(expected), IPv6("fd12:3456:789a:bcde:ffff:ffff:ffff:ffff").Prefix(length));

    private static IPv4Address IPv4(string text) => IPv4Address.From(IPAddress.Parse(text));

    private static IPv6Address IPv6(string text) => IPv6Address.From(IPAddress.Parse(text));
}
