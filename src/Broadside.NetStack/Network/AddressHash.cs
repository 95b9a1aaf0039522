using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>
/// A keyed hash of addresses, so that nobody outside can choose addresses that collide in a table. Flow labels and identifications show
/// some of its bits, so it must be one that does not give its key away by them.
/// </summary>
internal sealed class AddressHash(KeyedHash secret) : IEqualityComparer<NetworkAddress>, IEqualityComparer<PathKey>
{
    public bool Equals(NetworkAddress x, NetworkAddress y) => x == y;

    public int GetHashCode(NetworkAddress address) => (int)Hash(address);

    public bool Equals(PathKey x, PathKey y) => x == y;

    public int GetHashCode(PathKey key) => (int)Hash(key);

    public ulong Hash(NetworkAddress address) => address.IsIPv4
        ? secret.Secure(address.AsIPv4().Value)
        : secret.Secure(address.AsIPv6().High, address.AsIPv6().Low);

    public ulong Hash(PathKey key) => key.Local.IsIPv4
        ? secret.Secure(((ulong)key.Local.AsIPv4().Value << 32) | key.Remote.AsIPv4().Value, 0, 0)
        : secret.Secure(key.Local.AsIPv6().High, key.Local.AsIPv6().Low, key.Remote.AsIPv6().High, key.Remote.AsIPv6().Low);
}
