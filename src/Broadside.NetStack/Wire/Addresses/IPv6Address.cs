using System.Net;
using System.Net.Sockets;

namespace Broadside.NetStack.Wire;

/// <summary>An IPv6 address, without a zone; the first octet is the high half's most significant byte.</summary>
internal readonly record struct IPv6Address(ulong High, ulong Low)
{
    public const int Length = 16;
    public const int Bits = 128;

    private const ulong MappedPrefix = 0x0000_FFFF_0000_0000;

    /// <summary>The address ::, which a host uses until it has one of its own.</summary>
    public static IPv6Address Unspecified => default;

    public static IPv6Address Loopback => new(0, 1);

    /// <summary>All nodes of the link: ff02::1.</summary>
    public static IPv6Address AllNodes => new(0xFF02_0000_0000_0000, 1);

    /// <summary>All routers of the link: ff02::2.</summary>
    public static IPv6Address AllRouters => new(0xFF02_0000_0000_0000, 2);

    public bool IsUnspecified => (High | Low) == 0;

    public bool IsLoopback => this == Loopback;

    public bool IsMulticast => High >> 56 == 0xFF;

    public bool IsLinkLocal => High >> 54 == 0xFE80 >> 6;

    /// <summary>Whether it is ::ffff:a.b.c.d, which stands for an IPv4 address and never is on a link (RFC 4291 section 2.5.5.2).</summary>
    public bool IsIPv4Mapped => High == 0 && Low >> 32 == MappedPrefix >> 32;

    /// <summary>Whether it is ff02::1:ffxx:xxxx.</summary>
    public bool IsSolicitedNode => High == AllNodes.High && Low >> 24 == 0x1_FF;

    /// <summary>The group that neighbors ask for this address on (RFC 4291 section 2.7.1).</summary>
    public IPv6Address SolicitedNode => new(AllNodes.High, 0x1_FF00_0000 | (Low & 0xFF_FFFF));

    public OnesComplementSum Sum => OnesComplementSum.OfWords(High) + OnesComplementSum.OfWords(Low);

    public static IPv6Address Mapped(IPv4Address address) => new(0, MappedPrefix | address.Value);

    public static IPv6Address Read(ReadOnlySpan<byte> bytes) => new(bytes.ReadUInt64(0), bytes.ReadUInt64(8));

    public static IPv6Address From(IPAddress address)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(address.AddressFamily, AddressFamily.InterNetworkV6, nameof(address));
        Span<byte> bytes = stackalloc byte[Length];
        address.TryWriteBytes(bytes, out _);
        return Read(bytes);
    }

    /// <summary>This address with all bits behind the prefix cleared.</summary>
    public IPv6Address Prefix(int prefixLength) => prefixLength switch
    {
        >= Bits => this,
        > 64 => this with { Low = Low & (ulong.MaxValue << (Bits - prefixLength)) },
        64 => this with { Low = 0 },
        > 0 => new(High & (ulong.MaxValue << (64 - prefixLength)), 0),
        _ => default,
    };

    public void Write(Span<byte> bytes)
    {
        bytes.WriteUInt64(0, High);
        bytes.WriteUInt64(8, Low);
    }

    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[Length];
        Write(bytes);
        return new IPAddress(bytes);
    }

    public override string ToString() => ToIPAddress().ToString();
}
