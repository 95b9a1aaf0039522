using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>Takes IPv6 packets: walks their headers, puts fragments together, hands them on (RFC 8200).</summary>
internal sealed class IPv6Input(
    AddressTable addresses,
    Reassembler reassembler,
    TransportTable transports,
    Icmpv6Input icmp,
    IcmpErrors errors,
    NetworkCounters counters)
{
    public void Process(ReadOnlySpan<byte> bytes, Arrival arrival)
    {
        if (!IPv6Packet.TryParse(bytes, out var packet, out var defect)
            || !IPv6Representation.TryParse(packet, out var header, out defect))
        {
            counters.Refuse(defect);
            return;
        }

        var isGroup = header.DestinationAddress.IsMulticast;
        if (IsRefused(header, isGroup, arrival) is { } reason)
        {
            counters.Count(reason);
            return;
        }

        var whole = bytes[..(IPv6Packet.HeaderLength + packet.PayloadLength)];
        var incoming = new IncomingPacket
        {
            Source = header.SourceAddress,
            Destination = header.DestinationAddress,
            Protocol = header.NextHeader,
            Ecn = header.Ecn,
            Payload = packet.Payload,
            Packet = whole,
            Validation = arrival.Validation,
            SegmentSize = arrival.SegmentSize,
            IsGroup = isGroup || arrival.IsLinkGroup,
        };
        if (!IPv6HeaderChain.TryParse(packet, out var chain, out var chainDefect))
        {
            Refuse(chainDefect, incoming, arrival.Now);
        }
        else if (chain.Fragment is not null)
        {
            ProcessFragment(packet, chain, incoming.IsGroup, header, arrival);
        }
        else
        {
            Deliver(incoming.With(chain.Protocol, chain.Payload), header, arrival);
        }
    }

    private NetworkCounter? IsRefused(IPv6Representation header, bool isGroup, Arrival arrival) =>
        !(isGroup ? addresses.IsMember(header.DestinationAddress) : addresses.IsLocal(header.DestinationAddress))
            ? NetworkCounter.PacketForOthers
        : arrival.IsLoopback ? null
        : header.SourceAddress.IsLoopback || header.DestinationAddress.IsLoopback || addresses.IsAssigned(header.SourceAddress)
            ? NetworkCounter.ImpossibleSource
        : arrival.IsLinkGroup && !isGroup ? NetworkCounter.UnicastInGroupFrame
        : null;

    private void ProcessFragment(IPv6Packet packet, IPv6HeaderChain chain, bool isGroup, IPv6Representation header, Arrival arrival)
    {
        counters.Count(NetworkCounter.Fragments);
        var outcome = reassembler.Add(Fragment.Of(packet, chain), arrival.Now, out var whole);
        if (outcome == FragmentOutcome.Completed)
        {
            counters.Count(NetworkCounter.Reassembled);
            DeliverReassembled(whole, isGroup, header, arrival);
        }
        else if (outcome is not (FragmentOutcome.Held or FragmentOutcome.Duplicate))
        {
            counters.Count(NetworkCounter.FragmentsDiscarded);
        }
    }

    private void DeliverReassembled(ReassembledDatagram whole, bool isGroup, IPv6Representation header, Arrival arrival)
    {
        var incoming = new IncomingPacket
        {
            Source = whole.Key.Source,
            Destination = whole.Key.Destination,
            Protocol = whole.Protocol,
            Ecn = whole.Ecn,
            Payload = whole.Payload,
            Packet = whole.Packet,
            Validation = arrival.IsLoopback ? arrival.Validation : ChecksumValidation.Software,
            IsGroup = isGroup,
        };
        if (IPv6HeaderChain.TryParse(whole, out var chain, out var defect))
        {
            Deliver(incoming.With(chain.Protocol, chain.Payload), header, arrival);
        }
        else
        {
            Refuse(defect, incoming, arrival.Now);
        }
    }

    private void Deliver(scoped in IncomingPacket packet, IPv6Representation header, Arrival arrival)
    {
        if (packet.Protocol == InternetProtocol.Icmpv6)
        {
            icmp.Process(packet, header, arrival);
        }
        else if (packet.Source.IsUnspecified)
        {
            // Only who has no address yet sends so, and says nothing but neighbor discovery.
            counters.Count(NetworkCounter.ImpossibleSource);
        }
        else if (packet.Protocol != InternetProtocol.NoNextHeader && !transports.TryDeliver(packet, arrival.Now))
        {
            counters.Count(NetworkCounter.UnknownProtocol);
            var pointer = NextHeaderField(packet);
            errors.Send(
                Icmpv6Representation.ParameterProblem(ParameterProblemCode.UnrecognizedNextHeader, pointer), packet, arrival.Now);
        }
    }

    // RFC 8200 section 4: the answer points at the field that names the unknown header.
    private static uint NextHeaderField(scoped in IncomingPacket packet)
    {
        var payloadAt = packet.Packet.Length - packet.Payload.Length;
        var (field, at) = (IPv6Packet.NextHeaderField, IPv6Packet.HeaderLength);
        while (at < payloadAt)
        {
            var length = packet.Packet[field] == (byte)InternetProtocol.Fragment
                ? IPv6FragmentHeader.Length
                : (packet.Packet[at + 1] + 1) * IPv6FragmentHeader.FragmentUnit;
            (field, at) = (at, at + length);
        }

        return (uint)field;
    }

    private void Refuse(HeaderChainDefect defect, scoped in IncomingPacket packet, TimeSpan now)
    {
        counters.Refuse(defect.Reason);
        if (defect.Answer is { } code)
        {
            errors.Send(Icmpv6Representation.ParameterProblem(code, (uint)defect.Pointer), packet, now);
        }
    }
}
