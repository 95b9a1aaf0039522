using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Udp;

/// <summary>An address and a port on it.</summary>
internal readonly record struct UdpEndpoint(NetworkAddress Address, ushort Port)
{
    public override string ToString() => Address.IsIPv4 ? $"{Address}:{Port}" : $"[{Address}]:{Port}";
}
