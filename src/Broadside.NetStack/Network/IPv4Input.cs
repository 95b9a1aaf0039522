using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>Takes IPv4 packets: checks them, puts fragments together, hands them on (RFC 1122 section 3.2).</summary>
internal sealed class IPv4Input(
    AddressTable addresses,
    Reassembler reassembler,
    TransportTable transports,
    Icmpv4Input icmp,
    IcmpErrors errors,
    NetworkCounters counters)
{
    public void Process(ReadOnlySpan<byte> bytes, Arrival arrival)
    {
        // The header's checksum is never another's to check: it costs little.
        if (!IPv4Packet.TryParse(bytes, out var packet, out var defect)
            || !IPv4Representation.TryParse(packet, ChecksumValidation.Software, out var header, out defect))
        {
            counters.Refuse(defect);
            return;
        }

        var isLocal = addresses.IsLocal(header.DestinationAddress);
        var isGroup = !isLocal && IsGroup(header.DestinationAddress);
        if (IsRefused(header, isLocal, isGroup, arrival) is { } reason)
        {
            counters.Count(reason);
            return;
        }

        if (packet.IsFragment)
        {
            ProcessFragment(packet, isGroup, arrival);
            return;
        }

        Deliver(new IncomingPacket
        {
            Source = header.SourceAddress,
            Destination = header.DestinationAddress,
            Protocol = header.Protocol,
            Ecn = header.Ecn,
            Payload = packet.Payload,
            Packet = bytes[..packet.TotalLength],
            Validation = arrival.Validation,
            SegmentSize = arrival.SegmentSize,
            IsGroup = isGroup || arrival.IsLinkGroup,
        }, arrival.Now);
    }

    private bool IsGroup(IPv4Address destination) => addresses.IsMember(destination) || addresses.IsBroadcast(destination);

    private NetworkCounter? IsRefused(IPv4Representation header, bool isLocal, bool isGroup, Arrival arrival) =>
        !isLocal && !isGroup ? NetworkCounter.PacketForOthers
        : arrival.IsLoopback ? null
        : header.DestinationAddress.IsLoopback || IsImpossibleSource(header.SourceAddress) ? NetworkCounter.ImpossibleSource
        : arrival.IsLinkGroup && !isGroup ? NetworkCounter.UnicastInGroupFrame
        : null;

    // RFC 1122 section 3.2.1.3: neither a group nor the loopback network; and nobody else has this host's addresses.
    private bool IsImpossibleSource(IPv4Address source) =>
        source.IsUnspecified || source.IsLoopback || addresses.IsBroadcast(source) || addresses.IsAssigned(source);

    private void ProcessFragment(IPv4Packet packet, bool isGroup, Arrival arrival)
    {
        counters.Count(NetworkCounter.Fragments);
        var outcome = reassembler.Add(Fragment.Of(packet), arrival.Now, out var whole);
        if (outcome == FragmentOutcome.Completed)
        {
            counters.Count(NetworkCounter.Reassembled);
            Deliver(new IncomingPacket
            {
                Source = whole.Key.Source,
                Destination = whole.Key.Destination,
                Protocol = whole.Protocol,
                Ecn = whole.Ecn,
                Payload = whole.Payload,
                Packet = whole.Packet,
                Validation = arrival.IsLoopback ? arrival.Validation : ChecksumValidation.Software,
                IsGroup = isGroup || arrival.IsLinkGroup,
            }, arrival.Now);
        }
        else if (outcome is not (FragmentOutcome.Held or FragmentOutcome.Duplicate))
        {
            counters.Count(NetworkCounter.FragmentsDiscarded);
        }
    }

    private void Deliver(scoped in IncomingPacket packet, TimeSpan now)
    {
        if (packet.Protocol == InternetProtocol.Icmp)
        {
            icmp.Process(packet, now);
        }
        else if (!transports.TryDeliver(packet, now))
        {
            // RFC 1122 section 3.2.2.1.
            counters.Count(NetworkCounter.UnknownProtocol);
            errors.Send(Icmpv4Representation.DestinationUnreachable(Icmpv4UnreachableCode.Protocol), packet, now);
        }
    }
}
