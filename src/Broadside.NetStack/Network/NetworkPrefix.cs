using System.Numerics;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>An address and how many of its first bits name a network; the others may be a host's.</summary>
internal readonly record struct NetworkPrefix(NetworkAddress Address, int Length)
{
    public static NetworkPrefix AllIPv4 => new(IPv4Address.Unspecified, 0);

    public static NetworkPrefix AllIPv6 => new(IPv6Address.Unspecified, 0);

    public int AddressBits => Address.IsIPv4 ? IPv4Address.Length * 8 : IPv6Address.Bits;

    /// <summary>The address with all host bits set: every host of an IPv4 network that has more than two (RFC 3021).</summary>
    public IPv4Address? Broadcast =>
        Address.IsIPv4 && Length < 31 ? new(Address.AsIPv4().Value | (uint)(uint.MaxValue >> Length)) : null;

    public bool Contains(NetworkAddress address) =>
        address.IsIPv4 == Address.IsIPv4 && CommonLength(Address, address) >= Length;

    /// <summary>How many first bits two addresses of a family share (RFC 6724 section 2.2).</summary>
    public static int CommonLength(NetworkAddress left, NetworkAddress right)
    {
        if (left.IsIPv4)
        {
            return BitOperations.LeadingZeroCount(left.AsIPv4().Value ^ right.AsIPv4().Value);
        }

        var (one, other) = (left.AsIPv6(), right.AsIPv6());
        var high = BitOperations.LeadingZeroCount(one.High ^ other.High);
        return high < 64 ? high : 64 + BitOperations.LeadingZeroCount(one.Low ^ other.Low);
    }

    public override string ToString() => $"{Address}/{Length}";
}
