using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>A path, with what was last found out of its route and neighbor, and what was learnt of its MTU.</summary>
internal sealed class CachedPath(LinkOutput link, NeighborCache neighbors) : NetworkPath
{
    /// <summary>
    /// RFC 1191 section 3 allows 68 bytes. A message that says less than this comes of no link met today, but of somebody who wants this
    /// host to send in tiny pieces; Linux has the same limit (ip_rt_min_pmtu).
    /// </summary>
    public const int MinimumIPv4 = 552;

    /// <summary>RFC 8201 section 4.</summary>
    public const int MinimumIPv6 = IPv6Packet.MinimumMtu;

    /// <summary>RFC 1191 section 6.3, RFC 8201 section 5.3: then a larger one is tried.</summary>
    public static readonly TimeSpan LearntLifetime = TimeSpan.FromMinutes(10);

    private const int Unknown = int.MaxValue;

    // RFC 1191 section 7: the MTUs of links that are met.
    private static ReadOnlySpan<ushort> Plateaus => [65535, 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508];

    private int _learnt = Unknown;
    private TimeSpan _learntUntil;

    public override NetworkAddress Local => Key.Local;

    public override NetworkAddress Remote => Key.Remote;

    public PathKey Key { get; private set; }

    /// <summary>Of the key, with a secret.</summary>
    public ulong Hash { get; private set; }

    /// <summary>Stable, so that routers keep the packets of a path together (RFC 6437 section 3).</summary>
    public uint FlowLabel => (uint)Hash & 0xF_FFFF;

    public PathKind Kind { get; set; }

    public NetworkAddress NextHop { get; set; }

    /// <summary>Where groups' packets go.</summary>
    public MacAddress GroupAddress { get; set; }

    public Neighbor? Neighbor { get; set; }

    public int NeighborGeneration { get; set; }

    /// <summary>Of routes and addresses, when the path was found.</summary>
    public int TopologyVersion { get; set; }

    /// <summary>Whether it was used since it was last looked at for eviction.</summary>
    public bool IsReferenced { get; set; }

    public override int MaximumTransmissionUnit => Math.Min(_learnt, FirstHop);

    public override int LinkMaximumTransmissionUnit => FirstHop;

    public override int MaximumSegmentedLength => Kind == PathKind.Neighbor
        ? Math.Max(0, Math.Min(link.MaximumSegmentedLength, IPv4Packet.MaximumLength) - NetworkHeaderLength)
        : 0;

    public override bool IsGroup => Kind == PathKind.Group;

    private int FirstHop => Kind == PathKind.Loopback ? IPv4Packet.MaximumLength : link.MaximumTransmissionUnit;

    private int Minimum => Local.IsIPv4 ? MinimumIPv4 : MinimumIPv6;

    public void Start(PathKey key, AddressHash hash)
    {
        Key = key;
        Hash = hash.Hash(key);
        _learnt = Unknown;
        Kind = PathKind.None;
        Neighbor = null;
    }

    public void Age(TimeSpan now)
    {
        if (_learnt != Unknown && now >= _learntUntil)
        {
            _learnt = Unknown;
        }
    }

    public override void LowerMaximumTransmissionUnit(int value, TimeSpan now)
    {
        Age(now);
        var current = MaximumTransmissionUnit;
        var next = Math.Max(value > 0 ? value : NextPlateau(current), Minimum);
        if (next < current)
        {
            _learnt = next;
            _learntUntil = now + LearntLifetime;
        }
    }

    public override void ConfirmReachability(TimeSpan now)
    {
        if (Neighbor is { } neighbor && neighbor.Generation == NeighborGeneration)
        {
            neighbors.Confirm(neighbor, now);
        }
    }

    private static int NextPlateau(int current)
    {
        foreach (var plateau in Plateaus)
        {
            if (plateau < current)
            {
                return plateau;
            }
        }

        return 0;
    }
}

internal enum PathKind : byte
{
    /// <summary>No route, or the local address is no longer this host's.</summary>
    None,

    Neighbor,

    /// <summary>To a group of the link.</summary>
    Group,

    /// <summary>To this host itself.</summary>
    Loopback,

    /// <summary>To this host itself, of whose stacks another has the device.</summary>
    Steered,
}
