using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>A network layer's addresses, routes and limits.</summary>
internal sealed record NetworkOptions
{
    /// <summary>This host's addresses, each with the length of its network's prefix; the network is on the link.</summary>
    public required IReadOnlyList<NetworkPrefix> Addresses { get; init; }

    /// <summary>Routes besides those to the networks of <see cref="Addresses"/>.</summary>
    public IReadOnlyList<Route> Routes { get; init; } = [];

    /// <summary>
    /// Whether to have an IPv6 address of the link besides others (RFC 4291 section 2.8), made from the device's (RFC 4862 section 5.3),
    /// if none is given.
    /// </summary>
    public bool FormLinkLocalAddress { get; init; } = true;

    /// <summary>How often to ask whether an IPv6 address is in use before using it (RFC 4862 section 5.1); zero does not ask.</summary>
    public int DuplicateAddressDetectionTransmits { get; init; } = 1;

    /// <summary>
    /// How often to ask whether an IPv4 address is in use before using it. Zero does not ask, but announces the address: asking takes
    /// the five to seven seconds of RFC 5227 section 2.1, and the addresses are given by who runs the network.
    /// </summary>
    public int IPv4Probes { get; init; }

    /// <summary>Told that another uses an address of this host.</summary>
    public Action<NetworkAddress, MacAddress>? AddressConflict { get; init; }

    public int MaximumNeighbors { get; init; } = 512;

    /// <summary>How many packets wait for their neighbors' addresses.</summary>
    public int MaximumPendingPackets { get; init; } = 64;

    public int MaximumPendingPacketsPerNeighbor { get; init; } = 4;

    /// <summary>How many paths are remembered, with what was learnt of their MTU.</summary>
    public int MaximumPaths { get; init; } = 4096;

    /// <summary>How many bytes of packets to this host itself wait.</summary>
    public int LoopbackCapacity { get; init; } = 1 << 20;

    /// <summary>How many ICMP errors are sent a second (RFC 4443 section 2.4(f), RFC 1812 section 4.3.2.8).</summary>
    public int MaximumErrorsPerSecond { get; init; } = 100;

    /// <summary>How many echo requests are answered a second.</summary>
    public int MaximumEchoRepliesPerSecond { get; init; } = 1000;

    /// <summary>Hands on what is for other stacks with the same addresses; null where there are none, or another stack does so.</summary>
    public IPacketSteering? Steering { get; init; }

    /// <summary>
    /// Whether another stack with the same addresses has the device: what comes from there has been checked, and packets to this host go
    /// there too.
    /// </summary>
    public bool IsSteered { get; init; }

    public ReassemblyLimits Reassembly { get; init; } = new();

    /// <summary>Where what nobody may foresee comes from; seeded in tests.</summary>
    public Random Random { get; init; } = new SecureRandom();
}
