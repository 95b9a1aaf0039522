using System.Diagnostics.CodeAnalysis;
using Broadside.NetStack.Devices;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>
/// A host's network layer over one device: takes frames, hands packets to the transports, and sends theirs. It has no clock: time is
/// passed in, and <see cref="OnTimer"/> is called at <see cref="NextDeadline"/>, the first time at once.
/// </summary>
internal sealed class NetworkLayer : INetwork
{
    private readonly bool _isSteered;
    private readonly LinkOutput _link;
    private readonly AddressTable _addresses = new();
    private readonly RoutingTable _routes = new();
    private readonly NeighborCache _neighbors;
    private readonly AddressClaims _claims;
    private readonly TransportTable _transports;
    private readonly LoopbackQueue _loopback;
    private readonly Reassembler _reassembler;
    private readonly PacketOutput _output;
    private readonly IcmpErrors _errors;
    private readonly ArpInput _arp;
    private readonly IPv4Input _ipv4;
    private readonly IPv6Input _ipv6;

    public NetworkLayer(PacketDevice device, NetworkOptions options)
    {
        var hash = new AddressHash(KeyedHash.Create(options.Random));
        _link = new(device);
        _loopback = new(options.LoopbackCapacity);
        _reassembler = new(options.Reassembly);
        _isSteered = options.IsSteered;
        _transports = new(_addresses, options.Steering, Counters);
        var messages = new NeighborMessages(_link);
        var neighborLink = new NeighborLink(_link, messages, _addresses, _transports);
        _neighbors = new(options, hash, _link.HeaderLength + _link.MaximumTransmissionUnit, neighborLink, Counters);
        _claims = new(_addresses, messages, options, Counters);
        _output = new(_link, _addresses, _routes, _neighbors, _loopback, options, hash, Counters);
        _errors = new(_output, _addresses, options, Counters);
        var echoes = new EchoResponder(_output, options, Counters);
        var discovery = new NeighborDiscovery(_link, _addresses, _routes, _neighbors, _claims, messages, Counters);
        _arp = new(_addresses, _routes, _neighbors, _claims, messages, Counters);
        _ipv4 = new(_addresses, _reassembler, _transports, new(_transports, echoes, Counters), _errors, Counters);
        _ipv6 = new(_addresses, _reassembler, _transports, new(_transports, echoes, discovery, Counters), _errors, Counters);
        Configure(options);
    }

    public NetworkCounters Counters { get; } = new();

    /// <summary>Whether packets of this host to itself wait for <see cref="ProcessLoopback"/>: then it must not sleep.</summary>
    public bool HasLoopback => _loopback.Count > 0;

    /// <summary>Whether no address is still being asked for (RFC 4862 section 5.4, RFC 5227 section 2.1).</summary>
    public bool IsReady
    {
        get
        {
            foreach (var address in _addresses.All)
            {
                if (address.State == AddressState.Tentative)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>This host's addresses.</summary>
    public IReadOnlyList<InterfaceAddress> Addresses => _addresses.All;

    /// <summary>No later than the first thing to do by itself; perhaps earlier.</summary>
    public TimeSpan NextDeadline
    {
        get
        {
            var deadline = _neighbors.NextDeadline < _claims.NextDeadline ? _neighbors.NextDeadline : _claims.NextDeadline;
            return _reassembler.Count > 0 && _reassembler.NextDeadline is var reassembly && reassembly < deadline ? reassembly : deadline;
        }
    }

    internal NeighborCache Neighbors => _neighbors;

    internal Reassembler Reassembler => _reassembler;

    internal int PathCount => _output.PathCount;

    /// <summary>Says who takes packets of a protocol; of ICMP and ICMPv6 these are the echo replies.</summary>
    public void Register(InternetProtocol protocol, ITransport transport) => _transports.Register(protocol, transport);

    /// <summary>Takes a frame from the device.</summary>
    public void Process(in ReceivedFrame frame, TimeSpan now)
    {
        var arrival = new Arrival(now) { Validation = frame.Validation, SegmentSize = frame.SegmentSize, IsLoopback = _isSteered };
        if (_link.HasNeighbors)
        {
            ProcessEthernet(frame.Bytes, arrival);
        }
        else
        {
            ProcessPacket(frame.Bytes, arrival);
        }
    }

    /// <summary>Takes the packets that this host has sent to itself before the call.</summary>
    public void ProcessLoopback(TimeSpan now)
    {
        var arrival = new Arrival(now) { Validation = ChecksumValidation.Offloaded, IsLoopback = true };
        for (var count = _loopback.Count; count > 0; count--)
        {
            ProcessPacket(_loopback.First, arrival);
            _loopback.RemoveFirst();
        }
    }

    /// <summary>Does what is due: questions repeated, addresses claimed, datagrams given up that were not whole in time.</summary>
    public void OnTimer(TimeSpan now)
    {
        _claims.OnTimer(now);
        _neighbors.OnTimer(now);
        while (_reassembler.Count > 0 && _reassembler.TryExpire(now, out var expired))
        {
            Counters.Count(NetworkCounter.ReassemblyTimedOut);
            AnswerExpired(expired, now);
        }
    }

    public bool IsLocal(NetworkAddress address) => _addresses.IsLocal(address);

    public bool TrySelectSource(NetworkAddress remote, out NetworkAddress local) => _addresses.TrySelectSource(remote, out local);

    public bool TryFindPath(NetworkAddress local, NetworkAddress remote, [MaybeNullWhen(false)] out NetworkPath path)
    {
        var isFound = _output.TryFindPath(local, remote, out var found);
        path = found;
        return isFound;
    }

    public bool TryFindPassingPath(NetworkAddress local, NetworkAddress remote, [MaybeNullWhen(false)] out NetworkPath path)
    {
        var isFound = _output.TryFindPassingPath(local, remote, out var found);
        path = found;
        return isFound;
    }

    public TransmitResult TrySend(NetworkPath path, in OutgoingPacket packet, TimeSpan now) =>
        _output.TrySend((CachedPath)path, packet, now);

    public TransmitResult TrySend(NetworkAddress local, NetworkAddress remote, in OutgoingPacket packet, TimeSpan now) =>
        _output.TrySend(local, remote, packet, now);

    /// <inheritdoc cref="PacketOutput.TryRelay"/>
    public TransmitResult TryRelay(Span<byte> headers, ReadOnlySpan<Extent> payload, int segmentSize, TimeSpan now) =>
        _output.TryRelay(headers, payload, segmentSize, now);

    public void SendPortUnreachable(in IncomingPacket packet, TimeSpan now) => _errors.SendPortUnreachable(packet, now);

    private void Configure(NetworkOptions options)
    {
        foreach (var prefix in options.Addresses)
        {
            Add(new InterfaceAddress(prefix));
        }

        // Another stack may know the neighbors.
        var hasStations = _link.HasNeighbors || (options.IsSteered && _link.Address != default);
        if (hasStations && options.FormLinkLocalAddress && _addresses.All.Any(IsIPv6) && !_addresses.All.Any(IsLinkLocal))
        {
            Add(new InterfaceAddress(LinkLocalAddress.Of(_link.Address)));
        }

        foreach (var route in options.Routes)
        {
            _routes.Add(route);
        }

        static bool IsIPv6(InterfaceAddress own) => !own.Address.IsIPv4;

        static bool IsLinkLocal(InterfaceAddress own) => !own.Address.IsIPv4 && own.Address.AsIPv6().IsLinkLocal;
    }

    private void Add(InterfaceAddress address)
    {
        _addresses.Add(address);
        _routes.Add(new Route(address.Prefix, null));
        if (_link.HasNeighbors)
        {
            _claims.Begin(address);
        }
    }

    private void ProcessEthernet(ReadOnlySpan<byte> bytes, Arrival arrival)
    {
        if (!EthernetFrame.TryParse(bytes, out var frame, out var defect)
            || !EthernetRepresentation.TryParse(frame, out var header, out defect))
        {
            Counters.Refuse(defect);
            return;
        }

        if (Refuse(header) is { } reason)
        {
            Counters.Count(reason);
            return;
        }

        arrival = arrival with { IsLinkGroup = header.Destination.IsGroup, LinkSource = header.Source };
        switch (header.EtherType)
        {
            case EtherType.Arp:
                _arp.Process(frame.Payload, arrival);
                break;
            case EtherType.IPv4:
                _ipv4.Process(frame.Payload, arrival);
                break;
            case EtherType.IPv6:
                _ipv6.Process(frame.Payload, arrival);
                break;
            default:
                Counters.Count(NetworkCounter.UnknownEtherType);
                break;
        }
    }

    private NetworkCounter? Refuse(EthernetRepresentation header) =>
        header.Source == _link.Address ? NetworkCounter.OwnFrame
        : header.Destination != _link.Address && !_addresses.IsMember(header.Destination) ? NetworkCounter.FrameForOthers
        : null;

    private void ProcessPacket(ReadOnlySpan<byte> packet, Arrival arrival)
    {
        const int IPv6Version = 6;
        if (!packet.IsEmpty && packet[0] >> 4 == IPv6Version)
        {
            _ipv6.Process(packet, arrival);
        }
        else
        {
            _ipv4.Process(packet, arrival);
        }
    }

    // RFC 792, RFC 8200 section 4.5: only if the first fragment came.
    private void AnswerExpired(ExpiredDatagram expired, TimeSpan now)
    {
        if (expired.FirstFragment.IsEmpty)
        {
            return;
        }

        var about = new IncomingPacket
        {
            Source = expired.Key.Source,
            Destination = expired.Key.Destination,
            Protocol = expired.Key.Protocol,
            Payload = [],
            Packet = expired.FirstFragment,
            IsGroup = !_addresses.IsLocal(expired.Key.Destination),
        };
        if (expired.Key.Source.IsIPv4)
        {
            _errors.Send(Icmpv4Representation.TimeExceeded(TimeExceededCode.FragmentReassembly), about, now);
        }
        else
        {
            _errors.Send(Icmpv6Representation.TimeExceeded(TimeExceededCode.FragmentReassembly), about, now);
        }
    }
}
