using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>Sends what neighbors ask and tell each other: ARP (RFC 826) and neighbor discovery (RFC 4861).</summary>
internal sealed class NeighborMessages(LinkOutput link)
{
    private const int EthernetHeaderLength = EthernetRepresentation.HeaderLength;
    private const int MaximumNdpLength = 64;

    public MacAddress LinkAddress => link.Address;

    /// <summary>Asks for the link-layer address of an IPv4 neighbor; from no address to see whether it is used (RFC 5227 section 2.1.1).</summary>
    public void RequestArp(IPv4Address sender, IPv4Address target, MacAddress? heldTo) =>
        SendArp(new(ArpOperation.Request, link.Address, sender, default, target), heldTo ?? MacAddress.Broadcast);

    public void ReplyArp(IPv4Address sender, MacAddress targetHardware, IPv4Address target) =>
        SendArp(new(ArpOperation.Reply, link.Address, sender, targetHardware, target), targetHardware);

    /// <summary>Asks for an IPv6 neighbor's link-layer address (RFC 4861 section 7.2.2); from no address to see whether it is used.</summary>
    public void SendSolicitation(IPv6Address source, IPv6Address target, MacAddress? heldTo)
    {
        var solicitation = new NeighborSolicitationRepresentation(target, source.IsUnspecified ? null : link.Address);
        var destination = heldTo is null ? target.SolicitedNode : target;
        var header = Header(source, destination, solicitation.Length);
        Span<byte> frame = stackalloc byte[MaximumNdpLength + IPv6Representation.HeaderLength + EthernetHeaderLength];
        solicitation.Emit(frame[(EthernetHeaderLength + IPv6Representation.HeaderLength)..], header);
        SendNdp(frame, header, heldTo ?? MacAddress.ForMulticast(destination));
    }

    /// <summary>Tells an own link-layer address (RFC 4861 section 7.2.4).</summary>
    public void SendAdvertisement(IPv6Address target, IPv6Address destination, MacAddress linkDestination)
    {
        var advertisement = new NeighborAdvertisementRepresentation
        {
            Solicited = !destination.IsMulticast,
            Override = true,
            TargetAddress = target,
            TargetLinkLayerAddress = link.Address,
        };
        var header = Header(target, destination, advertisement.Length);
        Span<byte> frame = stackalloc byte[MaximumNdpLength + IPv6Representation.HeaderLength + EthernetHeaderLength];
        advertisement.Emit(frame[(EthernetHeaderLength + IPv6Representation.HeaderLength)..], header);
        SendNdp(frame, header, linkDestination);
    }

    private static IPv6Representation Header(IPv6Address source, IPv6Address destination, int length) => new()
    {
        SourceAddress = source,
        DestinationAddress = destination,
        NextHeader = InternetProtocol.Icmpv6,
        PayloadLength = length,
        HopLimit = NdpMessage.HopLimit,
    };

    private void SendNdp(Span<byte> frame, IPv6Representation header, MacAddress destination)
    {
        link.WriteHeader(frame, destination, EtherType.IPv6);
        header.Emit(frame[EthernetHeaderLength..]);
        link.Transmit(frame[..(EthernetHeaderLength + IPv6Representation.HeaderLength + header.PayloadLength)]);
    }

    private void SendArp(ArpRepresentation arp, MacAddress destination)
    {
        Span<byte> frame = stackalloc byte[EthernetHeaderLength + ArpRepresentation.Length];
        link.WriteHeader(frame, destination, EtherType.Arp);
        arp.Emit(frame[EthernetHeaderLength..]);
        link.Transmit(frame);
    }
}
