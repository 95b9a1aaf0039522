namespace Broadside.NetStack.Interop.Harness;

/// <summary>Two routers and a host behind them. The link between the routers is narrower than the others, so that each has to say so.</summary>
internal static class Routers
{
    public static IPAddress KernelsIPv4 { get; } = IPAddress.Parse("10.9.2.1");

    public static IPAddress KernelsIPv6 { get; } = IPAddress.Parse("fd09:2::1");

    /// <param name="first">The first router, which has its addresses on the link to the stack.</param>
    /// <param name="narrowUnit">The longest packet between the routers.</param>
    /// <param name="spaces">Where namespaces are noted that have to be removed.</param>
    /// <returns>The host.</returns>
    public static NetworkNamespace Add(NetworkNamespace first, int narrowUnit, List<NetworkNamespace> spaces)
    {
        var second = NetworkNamespace.Create(hasIPv6: true);
        var host = NetworkNamespace.Create(hasIPv6: true);
        spaces.AddRange([second, host]);
        Join(first, second, "narrow", "10.9.1.1/24", "10.9.1.2/24", "fd09:1::1/64", "fd09:1::2/64", narrowUnit);
        Join(second, host, "wide", "10.9.2.2/24", "10.9.2.1/24", "fd09:2::2/64", "fd09:2::1/64", 1500);
        foreach (var router in new[] { first, second })
        {
            router.Execute("sysctl", "-qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1");
        }

        Route(first, "10.9.2.0/24", "10.9.1.2", "fd09:2::/64", "fd09:1::2");
        Route(second, "10.9.0.0/24", "10.9.1.1", "fd09::/64", "fd09:1::1");
        Route(host, "default", "10.9.2.2", "default", "fd09:2::2");
        return host;
    }

    private static void Join(
        NetworkNamespace left, NetworkNamespace right, string name, string leftIPv4, string rightIPv4, string leftIPv6, string rightIPv6, int unit)
    {
        left.Ip($"link add {name} mtu {unit} type veth peer name {name} mtu {unit} netns {right.Name}");
        foreach (var (space, ipv4, ipv6) in new[] { (left, leftIPv4, leftIPv6), (right, rightIPv4, rightIPv6) })
        {
            space.Ip($"address add {ipv4} dev {name}");
            space.Ip($"address add {ipv6} dev {name} nodad");
            space.Ip($"link set {name} up");
        }
    }

    private static void Route(NetworkNamespace space, string ipv4, string ipv4Gateway, string ipv6, string ipv6Gateway)
    {
        space.Ip($"route add {ipv4} via {ipv4Gateway}");
        space.Ip($"-6 route add {ipv6} via {ipv6Gateway}");
    }
}
