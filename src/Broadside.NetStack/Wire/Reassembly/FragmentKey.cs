namespace Broadside.NetStack.Wire;

/// <summary>
/// What the fragments of a datagram have in common: by RFC 791 the protocol too, which is zero for IPv6 (RFC 8200 section 4.5).
/// </summary>
internal readonly record struct FragmentKey(
    NetworkAddress Source, NetworkAddress Destination, uint Identification, InternetProtocol Protocol);
