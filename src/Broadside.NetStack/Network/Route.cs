using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>Which neighbor takes packets for a network; none if its hosts are neighbors themselves.</summary>
internal readonly record struct Route(NetworkPrefix Destination, NetworkAddress? Gateway)
{
    /// <summary>The way to all that is not nearer.</summary>
    public static Route Default(NetworkAddress gateway) =>
        new(gateway.IsIPv4 ? NetworkPrefix.AllIPv4 : NetworkPrefix.AllIPv6, gateway);
}
