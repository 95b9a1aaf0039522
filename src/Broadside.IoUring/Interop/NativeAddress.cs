using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Broadside.IoUring.Interop;

/// <summary>Socket addresses as the kernel has them (<c>struct sockaddr</c> and its kinds on Linux).</summary>
internal static class NativeAddress
{
    /// <summary>Room for any of them: <c>sockaddr_un</c> is the longest in use.</summary>
    public const int MaximumLength = 112;

    public const int Ipv4Length = 16;
    public const int Ipv6Length = 28;

    private const int FamilyUnix = 1;
    private const int FamilyIpv4 = 2;
    private const int FamilyIpv6 = 10;

    /// <summary>The number of an endpoint's family; negative where it is none of ours.</summary>
    public static int Family(EndPoint endPoint) => endPoint switch
    {
        UnixDomainSocketEndPoint => FamilyUnix,
        IPEndPoint { AddressFamily: AddressFamily.InterNetwork } => FamilyIpv4,
        IPEndPoint { AddressFamily: AddressFamily.InterNetworkV6 } => FamilyIpv6,
        _ => -1,
    };

    public static bool IsIp(int family) => family is FamilyIpv4 or FamilyIpv6;

    public static bool IsIpv6(int family) => family == FamilyIpv6;

    /// <summary>Writes an endpoint's address; its length.</summary>
    public static int Write(EndPoint endPoint, Span<byte> target)
    {
        var address = endPoint.Serialize();
        address.Buffer.Span[..address.Size].CopyTo(target);
        return address.Size;
    }

    /// <summary>The endpoint of an address; a Unix-domain one that has to be asked for is a client's, without a name.</summary>
    public static EndPoint Read(ReadOnlySpan<byte> address)
    {
        return BitConverter.ToUInt16(address) switch
        {
            FamilyIpv4 => new IPEndPoint(new IPAddress(address.Slice(4, 4)), Port(address)),
            FamilyIpv6 => new IPEndPoint(new IPAddress(address.Slice(8, 16), BitConverter.ToUInt32(address[24..])), Port(address)),
            _ => Unnamed(),
        };
    }

    /// <summary>The endpoint of a Unix-domain client, which has no name.</summary>
    public static EndPoint Unnamed() => new UnixDomainSocketEndPoint("/").Create(new SocketAddress(AddressFamily.Unix, 2));

    private static int Port(ReadOnlySpan<byte> address) => BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
}
