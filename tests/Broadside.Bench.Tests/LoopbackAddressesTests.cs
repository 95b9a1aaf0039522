using Broadside.Bench.Load;

namespace Broadside.Bench.Tests;

public sealed class LoopbackAddressesTests
{
    [Fact]
    public void They_differ_lie_in_loopback_and_are_no_servers()
    {
        var addresses = Enumerable.Range(0, 200_000).Select(LoopbackAddresses.At).ToArray();

        Assert.Equal(addresses.Length, addresses.Distinct().Count());
        Assert.All(addresses, static address =>
        {
            Assert.Equal(127u, address >> 24);
            Assert.InRange((address >> 16) & 255, 1u, 250u);
            Assert.InRange(address & 255, 1u, 250u);
        });
    }

    [Fact]
    public void Past_the_last_they_begin_again()
    {
        Assert.Equal((127u << 24) | (250 << 16) | (250 << 8) | 250, LoopbackAddresses.At(LoopbackAddresses.Count - 1));
        Assert.Equal(LoopbackAddresses.At(0), LoopbackAddresses.At(LoopbackAddresses.Count));
    }
}
