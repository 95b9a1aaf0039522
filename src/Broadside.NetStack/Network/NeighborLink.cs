using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>What the neighbor cache has done: questions on the link, packets that waited, word of those that waited in vain.</summary>
internal sealed class NeighborLink(LinkOutput link, NeighborMessages messages, AddressTable addresses, TransportTable transports)
    : INeighborLink
{
    // RFC 4861 section 7.2.2: from an address of this host that the neighbor can answer.
    public void Solicit(NetworkAddress neighbor, MacAddress? heldTo, TimeSpan now)
    {
        if (!addresses.TrySelectSource(neighbor, out var source))
        {
            return;
        }

        if (neighbor.IsIPv4)
        {
            messages.RequestArp(source.AsIPv4(), neighbor.AsIPv4(), heldTo);
        }
        else
        {
            messages.SendSolicitation(source.AsIPv6(), neighbor.AsIPv6(), heldTo);
        }
    }

    public void Transmit(Span<byte> frame, MacAddress destination)
    {
        destination.Write(frame);
        link.Transmit(frame);
    }

    // As if a router had sent host or address unreachable (RFC 1122 section 2.4, RFC 4861 section 7.2.2).
    public void Fail(ReadOnlySpan<byte> frame, TimeSpan now)
    {
        var packet = frame[link.HeaderLength..];
        var isQuotable = packet[0] >> 4 == 4
            ? QuotedPacket.TryParseIPv4(packet, out var quoted, out _)
            : QuotedPacket.TryParseIPv6(packet, out quoted, out _);
        if (isQuotable)
        {
            transports.Report(new DeliveryError { Kind = DeliveryErrorKind.Unreachable, Packet = quoted }, now);
        }
    }
}
