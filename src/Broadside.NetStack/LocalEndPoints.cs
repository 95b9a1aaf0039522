using System.Net;
using System.Net.Sockets;
using Broadside.NetStack.Network;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack;

/// <summary>What the endpoints that users bind mean to a channel's stack, and what they are told.</summary>
internal static class LocalEndPoints
{
    /// <summary>The address to bind.</summary>
    /// <exception cref="SocketException">It is not this stack's, or the endpoint is of a kind that no stack has.</exception>
    public static NetworkAddress Resolve(NetStackChannel channel, EndPoint endPoint, out ushort port)
    {
        if (endPoint is not IPEndPoint requested)
        {
            throw new SocketException((int)SocketError.AddressFamilyNotSupported, $"A network stack has IP endpoints only, not {endPoint}.");
        }

        port = (ushort)requested.Port;
        var address = NetworkAddress.From(requested.Address);
        if (address.IsUnspecified || channel.Stack.Network.IsLocal(address) || IsHeld(channel, address))
        {
            return address;
        }

        // Each channel of an engine is told the endpoint of the first, which may have another address.
        return channel.Backend.IsOwn(address)
            ? Any(address)
            : throw new SocketException((int)SocketError.AddressNotAvailable, $"{requested.Address} is no address of the network stack.");
    }

    /// <summary>What to tell of a bound endpoint: of one that is bound to any address, one by which others reach it.</summary>
    public static IPEndPoint Reported(NetStackChannel channel, NetworkAddress address, ushort port)
    {
        foreach (var own in channel.Stack.Network.Addresses)
        {
            if (address.IsUnspecified && own.Address.IsIPv4 == address.IsIPv4 && own.State != AddressState.Duplicate)
            {
                return new IPEndPoint(own.Address.ToIPAddress(), port);
            }
        }

        return new IPEndPoint(address.ToIPAddress(), port);
    }

    public static NetworkAddress Any(NetworkAddress address) =>
        address.IsIPv4 ? IPv4Address.Unspecified : (NetworkAddress)IPv6Address.Unspecified;

    // Others are still being asked about an address of IPv6 when the first listener wants it.
    private static bool IsHeld(NetStackChannel channel, NetworkAddress address)
    {
        foreach (var own in channel.Stack.Network.Addresses)
        {
            if (own.Address == address)
            {
                return own.State != AddressState.Duplicate;
            }
        }

        return false;
    }
}
