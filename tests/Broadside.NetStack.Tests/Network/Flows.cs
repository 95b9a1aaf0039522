using Broadside.NetStack.Network;
using FsCheck;
using FsCheck.Fluent;

namespace Broadside.NetStack.Tests.Network;

/// <summary>Flows to test with.</summary>
internal static class Flows
{
    public static Flow Random(Random random, bool ipv6 = false) =>
        new(Address(random, ipv6), (ushort)random.Next(1, 65_536), Address(random, ipv6), (ushort)random.Next(1, 65_536));

    public static NetworkAddress Address(Random random, bool ipv6) => ipv6
        ? new IPv6Address((ulong)random.NextInt64() | 0x2000_0000_0000_0000, (ulong)random.NextInt64())
        : new IPv4Address((uint)random.NextInt64() & 0x7FFF_FFFF);

    public static Gen<Flow> Any { get; } =
        from seed in Gen.Choose(0, int.MaxValue)
        from ipv6 in Gen.Elements(true, false)
        select Random(new Random(seed), ipv6);

    /// <summary>Few flows, so that they meet each other again.</summary>
    public static Gen<Flow> Few { get; } =
        from ports in Gen.Choose(1, 8).Two()
        from ipv6 in Gen.Elements(true, false)
        let local = ipv6 ? (NetworkAddress)new IPv6Address(0x2001_0DB8_0000_0000, 1) : new IPv4Address(0x0A00_0001)
        let remote = ipv6 ? (NetworkAddress)new IPv6Address(0x2001_0DB8_0000_0000, 2) : new IPv4Address(0x0A00_0002)
        select new Flow(local, (ushort)ports.Item1, remote, (ushort)ports.Item2);
}
