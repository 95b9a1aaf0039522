using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>
/// Claims this host's addresses on the link: asks whether they are used, announces them, defends them (RFC 4862 section 5.4, RFC 5227
/// section 2).
/// </summary>
internal sealed class AddressClaims
{
    /// <summary>PROBE_WAIT and MAX_RTR_SOLICITATION_DELAY: the first question waits for a random time up to this.</summary>
    public static readonly TimeSpan MaximumFirstDelay = TimeSpan.FromSeconds(1);

    /// <summary>PROBE_MIN; PROBE_MAX is twice as much.</summary>
    public static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(1);

    /// <summary>ANNOUNCE_WAIT and ANNOUNCE_INTERVAL.</summary>
    public static readonly TimeSpan AnnouncementInterval = TimeSpan.FromSeconds(2);

    /// <summary>ANNOUNCE_NUM.</summary>
    public const int Announcements = 2;

    /// <summary>DEFEND_INTERVAL.</summary>
    public static readonly TimeSpan DefenceInterval = TimeSpan.FromSeconds(10);

    private const int NotBegun = -1;

    private readonly AddressTable _addresses;
    private readonly NeighborMessages _messages;
    private readonly NetworkOptions _options;
    private readonly NetworkCounters _counters;

    public AddressClaims(AddressTable addresses, NeighborMessages messages, NetworkOptions options, NetworkCounters counters)
    {
        (_addresses, _messages, _options, _counters) = (addresses, messages, options, counters);
    }

    /// <summary>When the next question or announcement is due; never if all is done.</summary>
    public TimeSpan NextDeadline { get; private set; } = TimeSpan.MaxValue;

    /// <summary>Begins to claim an address, at the next <see cref="OnTimer"/>.</summary>
    public void Begin(InterfaceAddress address)
    {
        address.ProbesSent = NotBegun;
        _addresses.SetState(address, Probes(address) > 0 ? AddressState.Tentative : AddressState.Assigned);
        if (address.State == AddressState.Tentative || address.Address.IsIPv4)
        {
            SetDeadline(address, TimeSpan.Zero);
        }
    }

    public void OnTimer(TimeSpan now)
    {
        if (now < NextDeadline)
        {
            return;
        }

        NextDeadline = TimeSpan.MaxValue;
        foreach (var address in _addresses.All)
        {
            var deadline = address.Deadline;
            if (deadline <= now)
            {
                address.Deadline = TimeSpan.MaxValue;
                Continue(address, now);
            }
            else if (deadline < NextDeadline)
            {
                NextDeadline = deadline;
            }
        }
    }

    /// <summary>Whether an ARP packet says that another has, or wants, one of this host's addresses; it is then seen to.</summary>
    public bool IsContested(ArpRepresentation arp, TimeSpan now)
    {
        if (arp.SenderHardwareAddress == _messages.LinkAddress)
        {
            return false;
        }

        // RFC 5227 section 2.1.1: until it is assigned, that another asks for it is enough.
        if (arp.SenderProtocolAddress.IsUnspecified)
        {
            return _addresses.Find(arp.TargetProtocolAddress) is { State: AddressState.Tentative } wanted
                && Contest(wanted, arp.SenderHardwareAddress, now);
        }

        return _addresses.Find(arp.SenderProtocolAddress) is { } own && Contest(own, arp.SenderHardwareAddress, now);
    }

    /// <summary>Another has one of this host's addresses, or asks whether it may have one that is not assigned yet.</summary>
    public bool Contest(InterfaceAddress address, MacAddress other, TimeSpan now)
    {
        if (address.State == AddressState.Tentative)
        {
            _addresses.SetState(address, AddressState.Duplicate);
            address.Deadline = TimeSpan.MaxValue;
            Report(address, other);
        }
        else if (address.State == AddressState.Assigned && !(now - address.DefendedAt < DefenceInterval))
        {
            // RFC 5227 section 2.4(c): a server keeps its address, and says so, but not again and again.
            address.DefendedAt = now;
            Announce(address);
            Report(address, other);
        }

        return true;
    }

    private void Continue(InterfaceAddress address, TimeSpan now)
    {
        if (address.State == AddressState.Tentative)
        {
            ContinueProbing(address, now);
        }

        if (address.State == AddressState.Assigned && address.Address.IsIPv4 && address.AnnouncementsSent < Announcements)
        {
            Announce(address);
            if (++address.AnnouncementsSent < Announcements)
            {
                SetDeadline(address, now + AnnouncementInterval);
            }
        }
    }

    private void ContinueProbing(InterfaceAddress address, TimeSpan now)
    {
        if (address.ProbesSent == NotBegun)
        {
            address.ProbesSent = 0;
            SetDeadline(address, now + (MaximumFirstDelay * _options.Random.NextDouble()));
        }
        else if (address.ProbesSent < Probes(address))
        {
            Probe(address);
            address.ProbesSent++;
            SetDeadline(address, now + Pause(address));
        }
        else
        {
            _addresses.SetState(address, AddressState.Assigned);
        }
    }

    // RFC 4862 section 5.1, RetransTimer; RFC 5227 section 2.1.1.
    private TimeSpan Pause(InterfaceAddress address) =>
        !address.Address.IsIPv4 ? NeighborCache.RetransmissionTime
        : address.ProbesSent == Probes(address) ? AnnouncementInterval
        : ProbeInterval * (1 + _options.Random.NextDouble());

    private int Probes(InterfaceAddress address) =>
        address.Address.IsIPv4 ? _options.IPv4Probes : _options.DuplicateAddressDetectionTransmits;

    private void Probe(InterfaceAddress address)
    {
        if (address.Address.IsIPv4)
        {
            _messages.RequestArp(IPv4Address.Unspecified, address.Address.AsIPv4(), null);
        }
        else
        {
            _messages.SendSolicitation(IPv6Address.Unspecified, address.Address.AsIPv6(), null);
        }
    }

    // RFC 5227 section 2.3: a request for the own address. For IPv6, what answers a question that nobody asked.
    private void Announce(InterfaceAddress address)
    {
        if (address.Address.IsIPv4)
        {
            _messages.RequestArp(address.Address.AsIPv4(), address.Address.AsIPv4(), null);
        }
        else
        {
            _messages.SendAdvertisement(
                address.Address.AsIPv6(), IPv6Address.AllNodes, MacAddress.ForMulticast(IPv6Address.AllNodes));
        }
    }

    private void Report(InterfaceAddress address, MacAddress other)
    {
        _counters.Count(NetworkCounter.AddressConflict);
        _options.AddressConflict?.Invoke(address.Address, other);
    }

    private void SetDeadline(InterfaceAddress address, TimeSpan deadline)
    {
        address.Deadline = deadline;
        NextDeadline = deadline < NextDeadline ? deadline : NextDeadline;
    }
}
