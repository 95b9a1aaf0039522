using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Broadside.NetStack.Udp;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack;

/// <summary>
/// Endpoints in the framework's form, which is the system's (ip(7), ipv6(7)): the family, the port, and the address at 4, or for IPv6
/// after the flow label at 8. Read and written in place, as datagrams come and go.
/// </summary>
internal static class SocketAddresses
{
    private const int PortOffset = 2;
    private const int IPv4Offset = 4;
    private const int IPv6Offset = 8;

    /// <summary>Writes over an address of the same family.</summary>
    public static void Write(SocketAddress destination, UdpEndpoint endpoint)
    {
        var bytes = destination.Buffer.Span;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[PortOffset..], endpoint.Port);
        if (endpoint.Address.IsIPv4)
        {
            endpoint.Address.AsIPv4().Write(bytes[IPv4Offset..]);
        }
        else
        {
            endpoint.Address.AsIPv6().Write(bytes[IPv6Offset..]);
        }
    }

    public static bool TryRead(SocketAddress source, out UdpEndpoint endpoint)
    {
        var bytes = source.Buffer.Span;
        endpoint = default;
        var (length, isIPv4) = source.Family switch
        {
            AddressFamily.InterNetwork => (IPv4Offset + IPv4Address.Length, true),
            AddressFamily.InterNetworkV6 => (IPv6Offset + IPv6Address.Length, false),
            _ => (int.MaxValue, false),
        };
        if (source.Size < length)
        {
            return false;
        }

        var port = BinaryPrimitives.ReadUInt16BigEndian(bytes[PortOffset..]);
        endpoint = isIPv4 ? new(IPv4Address.Read(bytes[IPv4Offset..]), port) : new(IPv6Address.Read(bytes[IPv6Offset..]), port);
        return true;
    }
}
