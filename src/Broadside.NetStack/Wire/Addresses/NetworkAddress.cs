using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Broadside.NetStack.Wire;

/// <summary>
/// An address of either family. An IPv4 address is held as its IPv4-mapped IPv6 address: those are refused on the wire, so the two
/// never mix.
/// </summary>
internal readonly record struct NetworkAddress
{
    private readonly IPv6Address _address;

    private NetworkAddress(IPv6Address address) => _address = address;

    public bool IsIPv4 => _address.IsIPv4Mapped;

    public bool IsMulticast => IsIPv4 ? AsIPv4().IsMulticast : _address.IsMulticast;

    public bool IsUnspecified => IsIPv4 ? AsIPv4().IsUnspecified : _address.IsUnspecified;

    public static implicit operator NetworkAddress(IPv4Address address) => new(IPv6Address.Mapped(address));

    public static implicit operator NetworkAddress(IPv6Address address) => new(address);

    public static NetworkAddress From(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork ? IPv4Address.From(address) : IPv6Address.From(address);

    public IPv4Address AsIPv4()
    {
        Debug.Assert(IsIPv4);
        return new((uint)_address.Low);
    }

    public IPv6Address AsIPv6()
    {
        Debug.Assert(!IsIPv4);
        return _address;
    }

    /// <summary>The address as it is held, that of IPv4 mapped: for tables and hashes, not for the wire.</summary>
    public IPv6Address ToMapped() => _address;

    public IPAddress ToIPAddress() => IsIPv4 ? AsIPv4().ToIPAddress() : _address.ToIPAddress();

    public override string ToString() => ToIPAddress().ToString();
}
