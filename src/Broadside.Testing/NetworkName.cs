using System.Net;
using System.Net.Sockets;

namespace Broadside.Testing;

/// <summary>What an endpoint means within the network: a port of a host, or a path on it.</summary>
internal readonly record struct NetworkName(IPAddress Host, int Port, string? Path)
{
    private const int FirstDynamicPort = 49_152;

    /// <summary>The name of an endpoint as seen from <paramref name="host"/>, whose own addresses all are one.</summary>
    /// <exception cref="SocketException">The kind of endpoint is of no use here.</exception>
    public static NetworkName From(EndPoint endPoint, IPAddress host) => endPoint switch
    {
        IPEndPoint ip => new NetworkName(Resolve(ip.Address, host), ip.Port, null),
        UnixDomainSocketEndPoint unix => new NetworkName(host, 0, unix.ToString()),
        _ => throw new SocketException((int)SocketError.AddressFamilyNotSupported),
    };

    /// <summary>The endpoint that follows <paramref name="port"/> in the range of ports that are chosen.</summary>
    public static int PortAfter(int port) => port is >= FirstDynamicPort and < IPEndPoint.MaxPort ? port + 1 : FirstDynamicPort;

    private static IPAddress Resolve(IPAddress address, IPAddress host)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        return IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? host : address;
    }
}
