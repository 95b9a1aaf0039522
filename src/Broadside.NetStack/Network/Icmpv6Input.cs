using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>Takes ICMPv6 messages: answers echoes, hands errors to the transports they concern (RFC 4443), and passes on neighbor discovery.</summary>
internal sealed class Icmpv6Input(
    TransportTable transports, EchoResponder echoes, NeighborDiscovery discovery, NetworkCounters counters)
{
    public void Process(scoped in IncomingPacket packet, IPv6Representation header, Arrival arrival)
    {
        if (!Icmpv6Packet.TryParse(packet.Payload, out var message, out var defect))
        {
            counters.Refuse(defect);
            return;
        }

        if (message.Type is >= Icmpv6Type.RouterSolicitation and <= Icmpv6Type.NeighborAdvertisement)
        {
            ProcessDiscovery(packet, message, header, arrival);
            return;
        }

        var pseudoHeader = PseudoHeader.Between(packet.Source, packet.Destination, InternetProtocol.Icmpv6);
        if (!Icmpv6Representation.TryParse(message, pseudoHeader, packet.Validation, out var representation, out defect))
        {
            counters.Refuse(defect);
            return;
        }

        switch (representation.Type)
        {
            case Icmpv6Type.EchoRequest:
                echoes.Answer(packet, representation, message.Data, arrival.Now);
                break;
            case Icmpv6Type.EchoReply:
                transports.TryDeliver(packet, arrival.Now);
                break;
            default:
                ProcessError(message, representation, arrival.Now);
                break;
        }
    }

    // RFC 6980 section 5: neighbor discovery in fragments is ignored, whole ones too. This host has nothing to discover about itself.
    private void ProcessDiscovery(scoped in IncomingPacket packet, Icmpv6Packet message, IPv6Representation header, Arrival arrival)
    {
        if (IPv6UpperLayer.HasFragmentHeader(packet.Packet))
        {
            counters.Refuse(PacketDefect.BadNeighborDiscovery);
        }
        else if (!arrival.IsLoopback)
        {
            discovery.Process(message, header, packet.Validation, arrival);
        }
    }

    private void ProcessError(Icmpv6Packet message, Icmpv6Representation representation, TimeSpan now)
    {
        if (!QuotedPacket.TryParse(message, out var quoted, out var defect))
        {
            counters.Refuse(defect);
            return;
        }

        transports.Report(new DeliveryError
        {
            Kind = Kind(representation),
            Packet = quoted,
            MaximumTransmissionUnit =
                representation.Type == Icmpv6Type.PacketTooBig ? (int)Math.Min(representation.Mtu, int.MaxValue) : 0,
        }, now);
    }

    // An unknown next header is what protocol unreachable is to IPv4 (RFC 4443 section 3.4).
    private static DeliveryErrorKind Kind(Icmpv6Representation error) => error.Type switch
    {
        Icmpv6Type.PacketTooBig => DeliveryErrorKind.TooBig,
        Icmpv6Type.ParameterProblem when error.Code == (byte)ParameterProblemCode.UnrecognizedNextHeader => DeliveryErrorKind.Refused,
        Icmpv6Type.DestinationUnreachable when (Icmpv6UnreachableCode)error.Code is Icmpv6UnreachableCode.AdministrativelyProhibited
            or Icmpv6UnreachableCode.Port
            or Icmpv6UnreachableCode.SourcePolicy
            or Icmpv6UnreachableCode.RejectRoute => DeliveryErrorKind.Refused,
        _ => DeliveryErrorKind.Unreachable,
    };
}
