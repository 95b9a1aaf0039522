using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>
/// Takes neighbor discovery messages (RFC 4861 section 7.2, RFC 4862 section 5.4). Router advertisements are ignored: addresses and routes
/// are given by who runs the network, and a host need not solicit routers.
/// </summary>
internal sealed class NeighborDiscovery(
    LinkOutput link,
    AddressTable addresses,
    RoutingTable routes,
    NeighborCache neighbors,
    AddressClaims claims,
    NeighborMessages messages,
    NetworkCounters counters)
{
    public void Process(Icmpv6Packet message, IPv6Representation header, ChecksumValidation validation, Arrival arrival)
    {
        var defect = PacketDefect.None;
        if (!link.HasNeighbors)
        {
            return;
        }

        if (message.Type == Icmpv6Type.NeighborSolicitation
            && NeighborSolicitationRepresentation.TryParse(message, header, validation, out var solicitation, out defect))
        {
            ProcessSolicitation(solicitation, header.SourceAddress, arrival);
        }
        else if (message.Type == Icmpv6Type.NeighborAdvertisement
            && NeighborAdvertisementRepresentation.TryParse(message, header, validation, out var advertisement, out defect))
        {
            ProcessAdvertisement(advertisement, arrival);
        }

        if (defect != PacketDefect.None)
        {
            counters.Refuse(defect);
        }
    }

    private void ProcessSolicitation(NeighborSolicitationRepresentation solicitation, IPv6Address source, Arrival arrival)
    {
        if (addresses.Find(solicitation.TargetAddress) is not { } own)
        {
            return;
        }

        if (source.IsUnspecified)
        {
            ProcessProbe(own, arrival);
            return;
        }

        // RFC 4862 section 5.4.3: what asks for an address not assigned yet is no concern of this host.
        if (own.State != AddressState.Assigned)
        {
            return;
        }

        if (solicitation.SourceLinkLayerAddress is { } linkAddress && routes.IsOnLink(source))
        {
            neighbors.Learn(source, linkAddress, arrival.Now);
        }

        messages.SendAdvertisement(
            solicitation.TargetAddress, source, solicitation.SourceLinkLayerAddress ?? arrival.LinkSource);
    }

    // RFC 4862 section 5.4.3, and RFC 4861 section 7.2.4: all nodes are told who has the address.
    private void ProcessProbe(InterfaceAddress own, Arrival arrival)
    {
        if (own.State == AddressState.Tentative)
        {
            claims.Contest(own, arrival.LinkSource, arrival.Now);
        }
        else if (own.State == AddressState.Assigned)
        {
            messages.SendAdvertisement(
                own.Address.AsIPv6(), IPv6Address.AllNodes, MacAddress.ForMulticast(IPv6Address.AllNodes));
        }
    }

    private void ProcessAdvertisement(NeighborAdvertisementRepresentation advertisement, Arrival arrival)
    {
        // RFC 4862 section 5.4.4.
        if (addresses.Find(advertisement.TargetAddress) is { } own)
        {
            claims.Contest(own, arrival.LinkSource, arrival.Now);
            return;
        }

        neighbors.Advertise(
            advertisement.TargetAddress,
            advertisement.TargetLinkLayerAddress,
            advertisement.Solicited,
            advertisement.Override,
            arrival.Now);
    }
}
