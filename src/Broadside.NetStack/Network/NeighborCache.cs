using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>
/// The neighbors and their link-layer addresses, by the rules of RFC 4861 section 7.3 for both families: ARP has none of its own, and RFC
/// 1122 section 2.3.2.1 asks that entries be checked, by unicast polls for example.
/// </summary>
internal sealed class NeighborCache
{
    /// <summary>MAX_MULTICAST_SOLICIT and MAX_UNICAST_SOLICIT (RFC 4861 section 10).</summary>
    public const int MaximumSolicitations = 3;

    /// <summary>RETRANS_TIMER.</summary>
    public static readonly TimeSpan RetransmissionTime = TimeSpan.FromSeconds(1);

    /// <summary>DELAY_FIRST_PROBE_TIME.</summary>
    public static readonly TimeSpan FirstProbeDelay = TimeSpan.FromSeconds(5);

    /// <summary>REACHABLE_TIME, which is taken times a random factor from a half to one and a half.</summary>
    public static readonly TimeSpan BaseReachableTime = TimeSpan.FromSeconds(30);

    private readonly Neighbor[] _entries;
    private readonly Stack<Neighbor> _free;
    private readonly Dictionary<NetworkAddress, Neighbor> _byAddress;
    private readonly PendingPackets _pending;
    private readonly INeighborLink _link;
    private readonly NetworkCounters _counters;
    private readonly TimeSpan _reachableTime;

    public NeighborCache(NetworkOptions options, AddressHash hash, int maximumFrameLength, INeighborLink link, NetworkCounters counters)
    {
        _entries = new Neighbor[options.MaximumNeighbors];
        for (var index = 0; index < _entries.Length; index++)
        {
            _entries[index] = new Neighbor();
        }

        _free = new(_entries);
        _byAddress = new(_entries.Length, hash);
        _pending = new(options.MaximumPendingPackets, options.MaximumPendingPacketsPerNeighbor, maximumFrameLength);
        _link = link;
        _counters = counters;
        _reachableTime = BaseReachableTime * (0.5 + options.Random.NextDouble());
    }

    public int Count => _byAddress.Count;

    public int PendingCount => _pending.Count;

    /// <summary>No later than the first thing to do; perhaps earlier.</summary>
    public TimeSpan NextDeadline { get; private set; } = TimeSpan.MaxValue;

    public Neighbor? Find(NetworkAddress address) => _byAddress.GetValueOrDefault(address);

    /// <summary>The entry of a neighbor that something is sent to; if it is new, the question goes out.</summary>
    public Neighbor Resolve(NetworkAddress address, TimeSpan now)
    {
        if (Find(address) is { } known)
        {
            return known;
        }

        var neighbor = Create(address, now);
        Solicit(neighbor, null, now);
        return neighbor;
    }

    /// <summary>Says that a packet is about to be sent; whether there is an address to send it to.</summary>
    public bool TryUse(Neighbor neighbor, TimeSpan now)
    {
        neighbor.UsedAt = now;
        if (neighbor.State == NeighborState.Reachable && now >= neighbor.ReachableUntil)
        {
            neighbor.State = NeighborState.Stale;
        }

        if (neighbor.State == NeighborState.Stale)
        {
            neighbor.State = NeighborState.Delay;
            SetDeadline(neighbor, now + FirstProbeDelay);
        }

        return neighbor.State != NeighborState.Incomplete;
    }

    /// <summary>Makes room for a frame that waits for the neighbor's address; it is overwritten where others are more.</summary>
    public Span<byte> Await(Neighbor neighbor, int frameLength)
    {
        var frame = _pending.Add(neighbor, frameLength, out var dropped);
        _counters.Count(NetworkCounter.AwaitedNeighbor);
        if (dropped)
        {
            _counters.Count(NetworkCounter.DroppedWaiting);
        }

        return frame;
    }

    /// <summary>A neighbor that asked for this host told its address (RFC 4861 section 7.2.3, RFC 826): it is likely to be answered.</summary>
    public void Learn(NetworkAddress address, MacAddress linkAddress, TimeSpan now)
    {
        var neighbor = Find(address) ?? Create(address, now);
        if (neighbor.State == NeighborState.Incomplete || neighbor.LinkAddress != linkAddress)
        {
            SetLinkAddress(neighbor, linkAddress, NeighborState.Stale);
        }
    }

    /// <summary>Unasked news of a neighbor, which makes no entry (RFC 4861 section 7.2.5): ARP packets that are not for this host.</summary>
    public void Update(NetworkAddress address, MacAddress linkAddress)
    {
        if (Find(address) is { } neighbor && (neighbor.State == NeighborState.Incomplete || neighbor.LinkAddress != linkAddress))
        {
            SetLinkAddress(neighbor, linkAddress, NeighborState.Stale);
        }
    }

    /// <summary>A neighbor's answer to a question (RFC 4861 section 7.2.5); without one it changes an address at most.</summary>
    public void Advertise(NetworkAddress address, MacAddress? linkAddress, bool isSolicited, bool overrides, TimeSpan now)
    {
        if (Find(address) is not { } neighbor)
        {
            return;
        }

        if (neighbor.State == NeighborState.Incomplete)
        {
            if (linkAddress is { } first)
            {
                SetLinkAddress(neighbor, first, NeighborState.Stale);
                ConfirmIf(isSolicited, neighbor, now);
            }

            return;
        }

        var changes = linkAddress is { } told && told != neighbor.LinkAddress;
        if (changes && !overrides)
        {
            neighbor.State = neighbor.State == NeighborState.Reachable ? NeighborState.Stale : neighbor.State;
            return;
        }

        if (changes)
        {
            SetLinkAddress(neighbor, linkAddress!.Value, NeighborState.Stale);
        }

        ConfirmIf(isSolicited, neighbor, now);
    }

    /// <summary>The neighbor is known to receive (RFC 4861 section 7.3.1).</summary>
    public void Confirm(Neighbor neighbor, TimeSpan now)
    {
        if (neighbor.IsInUse && neighbor.State != NeighborState.Incomplete)
        {
            neighbor.State = NeighborState.Reachable;
            neighbor.ReachableUntil = now + _reachableTime;
        }
    }

    public void OnTimer(TimeSpan now)
    {
        if (now < NextDeadline)
        {
            return;
        }

        NextDeadline = TimeSpan.MaxValue;
        foreach (var neighbor in _entries)
        {
            if (neighbor.IsWaiting && neighbor.Deadline <= now)
            {
                Continue(neighbor, now);
            }

            if (neighbor.IsWaiting && neighbor.Deadline < NextDeadline)
            {
                NextDeadline = neighbor.Deadline;
            }
        }
    }

    private void Continue(Neighbor neighbor, TimeSpan now)
    {
        if (neighbor.State == NeighborState.Delay)
        {
            neighbor.State = NeighborState.Probe;
            neighbor.SolicitationsSent = 0;
        }

        if (neighbor.SolicitationsSent == MaximumSolicitations)
        {
            Fail(neighbor, now);
        }
        else
        {
            Solicit(neighbor, neighbor.State == NeighborState.Probe ? neighbor.LinkAddress : null, now);
        }
    }

    private void Solicit(Neighbor neighbor, MacAddress? heldTo, TimeSpan now)
    {
        neighbor.SolicitationsSent++;
        SetDeadline(neighbor, now + RetransmissionTime);
        _link.Solicit(neighbor.Address, heldTo, now);
    }

    // RFC 4861 section 7.2.2: what waited is undeliverable, and the entry goes, so that the next packet asks again. That may be sent
    // from within the loop, and the entry be another's by then.
    private void Fail(Neighbor neighbor, TimeSpan now)
    {
        var generation = neighbor.Generation;
        Remove(neighbor);
        while (_pending.TryTake(neighbor, generation, out var frame))
        {
            _counters.Count(NetworkCounter.NeighborUnreachable);
            _link.Fail(frame, now);
        }
    }

    private void SetLinkAddress(Neighbor neighbor, MacAddress linkAddress, NeighborState state)
    {
        neighbor.LinkAddress = linkAddress;
        neighbor.State = state;
        while (_pending.TryTake(neighbor, neighbor.Generation, out var frame))
        {
            _link.Transmit(frame, linkAddress);
        }
    }

    private void ConfirmIf(bool isSolicited, Neighbor neighbor, TimeSpan now)
    {
        if (isSolicited)
        {
            Confirm(neighbor, now);
        }
    }

    private void SetDeadline(Neighbor neighbor, TimeSpan deadline)
    {
        neighbor.Deadline = deadline;
        NextDeadline = deadline < NextDeadline ? deadline : NextDeadline;
    }

    private Neighbor Create(NetworkAddress address, TimeSpan now)
    {
        if (_free.Count == 0)
        {
            Evict(now);
        }

        var neighbor = _free.Pop();
        neighbor.Start(address, now);
        _byAddress.Add(address, neighbor);
        return neighbor;
    }

    // Those who have not answered go first, so that a scan of the network, from here or with made-up senders, moves nobody who has
    // (RFC 6583 section 7.1); of equals the one unused for longest.
    private void Evict(TimeSpan now)
    {
        var victim = _entries[0];
        foreach (var neighbor in _entries)
        {
            var (rank, least) = (Rank(neighbor, now), Rank(victim, now));
            victim = rank < least || (rank == least && neighbor.UsedAt < victim.UsedAt) ? neighbor : victim;
        }

        _counters.Count(NetworkCounter.NeighborEvicted);
        while (_pending.TryTake(victim, victim.Generation, out _))
        {
            _counters.Count(NetworkCounter.DroppedWaiting);
        }

        Remove(victim);
    }

    private static int Rank(Neighbor neighbor, TimeSpan now) => neighbor.State switch
    {
        NeighborState.Incomplete => 0,
        NeighborState.Stale => 1,
        NeighborState.Reachable when now >= neighbor.ReachableUntil => 1,
        _ => 2,
    };

    private void Remove(Neighbor neighbor)
    {
        _byAddress.Remove(neighbor.Address);
        neighbor.End();
        _free.Push(neighbor);
    }
}
