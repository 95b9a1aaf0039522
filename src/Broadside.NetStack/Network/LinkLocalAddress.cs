using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>The IPv6 address of the link that a host makes of its device's (RFC 4862 section 5.3, RFC 2464 sections 4 and 5).</summary>
internal static class LinkLocalAddress
{
    private const int PrefixLength = 64;
    private const ulong Prefix = 0xFE80_0000_0000_0000;
    private const ulong UniversalBit = 0x0200_0000_0000_0000;
    private const ulong Middle = 0xFF_FE00_0000;

    public static NetworkPrefix Of(MacAddress address)
    {
        var identifier = ((address.Value >> 24) << 40) | Middle | (address.Value & 0xFF_FFFF);
        return new(new IPv6Address(Prefix, identifier ^ UniversalBit), PrefixLength);
    }
}
