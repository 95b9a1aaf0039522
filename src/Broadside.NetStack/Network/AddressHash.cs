using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>A hash of addresses with a secret, so that nobody outside can choose addresses that collide in a table.</summary>
internal sealed class AddressHash(ulong secret) : IEqualityComparer<NetworkAddress>, IEqualityComparer<PathKey>
{
    private const ulong Odd = 0x9E37_79B9_7F4A_7C15;

    public bool Equals(NetworkAddress x, NetworkAddress y) => x == y;

    public int GetHashCode(NetworkAddress address) => (int)Hash(address);

    public bool Equals(PathKey x, PathKey y) => x == y;

    public int GetHashCode(PathKey key) => (int)Hash(key);

    public ulong Hash(NetworkAddress address) => address.IsIPv4
        ? Mix(address.AsIPv4().Value ^ secret, Odd)
        : Mix(address.AsIPv6().High ^ secret, address.AsIPv6().Low ^ Odd);

    public ulong Hash(PathKey key) => Mix(Hash(key.Local) ^ secret, Hash(key.Remote) ^ Odd);

    private static ulong Mix(ulong left, ulong right) => Math.BigMul(left, right, out var low) ^ low;
}
