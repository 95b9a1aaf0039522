using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>Takes ICMP messages: answers echoes, hands errors to the transports they concern (RFC 1122 section 3.2.2).</summary>
internal sealed class Icmpv4Input(TransportTable transports, EchoResponder echoes, NetworkCounters counters)
{
    public void Process(scoped in IncomingPacket packet, TimeSpan now)
    {
        if (!Icmpv4Packet.TryParse(packet.Payload, out var message, out var defect)
            || !Icmpv4Representation.TryParse(message, packet.Validation, out var representation, out defect))
        {
            counters.Refuse(defect);
            return;
        }

        switch (representation.Type)
        {
            case Icmpv4Type.EchoRequest:
                echoes.Answer(packet, representation, message.Data, now);
                break;
            case Icmpv4Type.EchoReply:
                transports.TryDeliver(packet, now);
                break;
            default:
                ProcessError(message, representation, now);
                break;
        }
    }

    private void ProcessError(Icmpv4Packet message, Icmpv4Representation representation, TimeSpan now)
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
            MaximumTransmissionUnit = representation.IsFragmentationNeeded ? representation.NextHopMtu : 0,
        }, now);
    }

    // RFC 1122 section 4.2.3.9. Prohibitions (RFC 1812 section 5.2.7.1) are as final as a port that nobody listens on.
    private static DeliveryErrorKind Kind(Icmpv4Representation error)
    {
        const byte NetworkProhibited = 9, HostProhibited = 10;
        return error.Type != Icmpv4Type.DestinationUnreachable ? DeliveryErrorKind.Unreachable
            : error.IsFragmentationNeeded ? DeliveryErrorKind.TooBig
            : error.Code is (byte)Icmpv4UnreachableCode.Protocol
                or (byte)Icmpv4UnreachableCode.Port
                or (byte)Icmpv4UnreachableCode.AdministrativelyProhibited
                or NetworkProhibited
                or HostProhibited
                ? DeliveryErrorKind.Refused
            : DeliveryErrorKind.Unreachable;
    }
}
