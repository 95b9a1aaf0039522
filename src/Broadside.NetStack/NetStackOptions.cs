using System.Net;
using Broadside.NetStack.Devices;
using Broadside.NetStack.Network;
using Broadside.NetStack.Tcp;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack;

/// <summary>What network a stack is in, and how its TCP works. The addresses must be the stack's own: no kernel may answer for them.</summary>
public sealed record NetStackOptions
{
    /// <summary>The device, as kind and name: <c>xdp:veth0</c>, <c>packet:eth1</c>, <c>tun:bs0</c>, <c>shm:path</c>.</summary>
    public required string Device { get; init; }

    /// <summary>The stack's addresses, at least one; hosts of their networks are reached without a gateway.</summary>
    public required IReadOnlyList<NetStackAddress> Addresses { get; init; }

    /// <summary>The neighbor that takes all packets for which there is no other route; null for none.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>Further routes. The longest prefix counts.</summary>
    public IReadOnlyList<NetStackRoute> Routes { get; init; } = [];

    /// <summary>The most connections of a channel; more are refused. A place for each, some 200 bytes, is made at the start. Default 65,536.</summary>
    public int MaximumConnections { get; init; } = 65_536;

    /// <summary>
    /// What a connection's receive buffer grows to in bytes, if the peer sends so much in a round trip; default 16 MiB, enough for a
    /// gigabit per second at 100 ms. <see cref="Channels.TransportOptions.ReceiveBufferSize"/> sets a size instead.
    /// </summary>
    public int MaximumReceiveBuffer { get; init; } = 16 * 1024 * 1024;

    /// <summary>How long a connection is remembered that this side closed first (RFC 9293 section 3.4.2). Default 60 s.</summary>
    public TimeSpan TimeWait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>After how long without a word from its peer an idle connection is probed (RFC 9293 section 3.8.4); null, the default, for never.</summary>
    public TimeSpan? KeepAlive { get; init; }

    /// <summary>
    /// Whether data leave spread over the round trip instead of in bursts, which helps where queues on the path are short. Default false:
    /// on a local network it costs more than it gains.
    /// </summary>
    public bool Pacing { get; init; }

    /// <summary>
    /// Options for a stack with the addresses that the kernel has on an XDP device's interface, all of whose packets the stack takes. IPv6
    /// addresses of the link are left out: the stack forms its own.
    /// </summary>
    /// <param name="device">The device: <c>xdp:IFNAME[:QUEUE]</c>.</param>
    /// <exception cref="FormatException">No device is named so.</exception>
    /// <exception cref="DeviceFailedException">It is of another kind, or the interface is not there or has no address.</exception>
    public static NetStackOptions TakeOver(string device) =>
        new() { Device = device, Addresses = InterfaceAddresses.Of(DeviceAddress.Parse(device)) };

    internal NetworkOptions ToNetworkOptions() => new()
    {
        Addresses = [.. Addresses.Select(own => new NetworkPrefix(NetworkAddress.From(own.Address), own.PrefixLength))],
        Routes =
        [
            .. Routes.Select(ToRoute),
            .. Gateway is { } gateway ? [Route.Default(NetworkAddress.From(gateway))] : Array.Empty<Route>(),
        ],
    };

    internal TcpSettings ToTcpSettings() => new()
    {
        MaximumConnections = MaximumConnections,
        MaximumPendingConnections = Math.Min(MaximumConnections, 4096),
        MaximumTimeWaits = Math.Max(1, MaximumConnections / 2),
        MaximumReceiveBuffer = MaximumReceiveBuffer,
        TimeWait = TimeWait,
        Pacing = Pacing,
    };

    private static Route ToRoute(NetStackRoute route) => new(
        new NetworkPrefix(NetworkAddress.From(route.Destination.BaseAddress), route.Destination.PrefixLength),
        route.Gateway is { } gateway ? NetworkAddress.From(gateway) : null);
}
