namespace Broadside.NetStack.Wire;

/// <summary>IANA's protocol numbers: IPv4's Protocol and IPv6's Next Header.</summary>
internal enum InternetProtocol : byte
{
    HopByHopOptions = 0,
    Icmp = 1,
    Tcp = 6,
    Udp = 17,
    Routing = 43,
    Fragment = 44,
    Icmpv6 = 58,
    NoNextHeader = 59,
    DestinationOptions = 60,
}
