using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>This host's addresses and the groups it is in. There are few, so that they are looked through one by one.</summary>
internal sealed class AddressTable
{
    private static readonly IPv4Address AllHosts = new(0xE000_0001);
    private static readonly IPv4Address LoopbackIPv4 = new(0x7F00_0001);

    private readonly List<InterfaceAddress> _addresses = [];

    /// <summary>Changes with every change, so that paths notice.</summary>
    public int Version { get; private set; }

    public IReadOnlyList<InterfaceAddress> All => _addresses;

    public void Add(InterfaceAddress address)
    {
        _addresses.Add(address);
        Version++;
    }

    public void SetState(InterfaceAddress address, AddressState state)
    {
        address.State = state;
        Version++;
    }

    /// <summary>Whether it is one of this host's, in use or not yet.</summary>
    public InterfaceAddress? Find(NetworkAddress address)
    {
        foreach (var own in _addresses)
        {
            if (own.Address == address)
            {
                return own;
            }
        }

        return null;
    }

    /// <summary>Whether packets to it come back to this host.</summary>
    public bool IsLocal(NetworkAddress address) => IsAssigned(address) || IsLoopback(address);

    public bool IsAssigned(NetworkAddress address) => Find(address) is { State: AddressState.Assigned };

    public static bool IsLoopback(NetworkAddress address) =>
        address.IsIPv4 ? address.AsIPv4().IsLoopback : address.AsIPv6().IsLoopback;

    /// <summary>Whether it means all hosts of the network or of one of this host's networks (RFC 1122 section 3.2.1.3).</summary>
    public bool IsBroadcast(NetworkAddress address)
    {
        if (!address.IsIPv4)
        {
            return false;
        }

        foreach (var own in _addresses)
        {
            if (own.Prefix.Broadcast == address.AsIPv4())
            {
                return true;
            }
        }

        return address.AsIPv4().IsLimitedBroadcast;
    }

    /// <summary>Whether this host is in a multicast group: all hosts', and those its neighbors ask for it on.</summary>
    public bool IsMember(NetworkAddress group)
    {
        if (group.IsIPv4)
        {
            return group.AsIPv4() == AllHosts;
        }

        var address = group.AsIPv6();
        if (address == IPv6Address.AllNodes)
        {
            return true;
        }

        foreach (var own in _addresses)
        {
            if (!own.Address.IsIPv4 && own.State != AddressState.Duplicate && own.Address.AsIPv6().SolicitedNode == address)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether frames to a group address of the link may carry something for this host.</summary>
    public bool IsMember(MacAddress group)
    {
        if (group == MacAddress.Broadcast
            || group == MacAddress.ForMulticast(AllHosts)
            || group == MacAddress.ForMulticast(IPv6Address.AllNodes))
        {
            return true;
        }

        foreach (var own in _addresses)
        {
            if (!own.Address.IsIPv4
                && own.State != AddressState.Duplicate
                && MacAddress.ForMulticast(own.Address.AsIPv6().SolicitedNode) == group)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Chooses an address to send from by the rules of RFC 6724 section 5 that apply here: the same address, the scope, the prefix.</summary>
    public bool TrySelectSource(NetworkAddress destination, out NetworkAddress source)
    {
        if (IsLocal(destination))
        {
            source = !destination.IsIPv4 || !destination.AsIPv4().IsLoopback ? destination : LoopbackIPv4;
            return true;
        }

        source = default;
        var best = -1;
        foreach (var own in _addresses)
        {
            if (own.State == AddressState.Assigned
                && own.Address.IsIPv4 == destination.IsIPv4
                && Preference(own.Address, destination) is var preference
                && preference > best)
            {
                (source, best) = (own.Address, preference);
            }
        }

        return best >= 0;
    }

    // Rule 2 before rule 8: of two scopes the smaller that still reaches, or else the larger.
    private static int Preference(NetworkAddress source, NetworkAddress destination)
    {
        const int SameScope = 1000, LargeEnough = 500;
        var (of, to) = (IsLinkLocal(source), IsLinkLocal(destination));
        return NetworkPrefix.CommonLength(source, destination) + (of == to ? SameScope : to ? LargeEnough : 0);
    }

    // The scope of a group is in its address (RFC 4291 section 2.7).
    private static bool IsLinkLocal(NetworkAddress address)
    {
        if (address.IsIPv4)
        {
            return address.AsIPv4().Value >> 16 == 0xA9FE;
        }

        var bits = address.AsIPv6();
        return bits.IsLinkLocal || (bits.IsMulticast && ((bits.High >> 48) & 0xF) <= 2);
    }
}
