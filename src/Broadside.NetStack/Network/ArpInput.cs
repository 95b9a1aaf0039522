using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>Takes ARP packets (RFC 826, RFC 1122 section 2.3.2, RFC 5227).</summary>
internal sealed class ArpInput(
    AddressTable addresses,
    RoutingTable routes,
    NeighborCache neighbors,
    AddressClaims claims,
    NeighborMessages messages,
    NetworkCounters counters)
{
    public void Process(ReadOnlySpan<byte> bytes, Arrival arrival)
    {
        if (!ArpPacket.TryParse(bytes, out var packet, out var defect)
            || !ArpRepresentation.TryParse(packet, out var arp, out defect))
        {
            counters.Refuse(defect);
            return;
        }

        if (claims.IsContested(arp, arrival.Now))
        {
            return;
        }

        var isForUs = addresses.IsAssigned(arp.TargetProtocolAddress);
        if (IsNeighbor(arp.SenderProtocolAddress))
        {
            Learn(arp, isForUs, arrival);
        }

        // A probe is answered too: that is how its sender learns that the address is used (RFC 5227 section 2.1.1).
        if (isForUs && arp.Operation == ArpOperation.Request)
        {
            messages.ReplyArp(arp.TargetProtocolAddress, arp.SenderHardwareAddress, arp.SenderProtocolAddress);
        }
    }

    // RFC 826 makes an entry of who asks for this host. Of others only what is known is renewed: an answer to no question makes no entry.
    private void Learn(ArpRepresentation arp, bool isForUs, Arrival arrival)
    {
        NetworkAddress sender = arp.SenderProtocolAddress;
        if (isForUs && arp.Operation == ArpOperation.Request)
        {
            neighbors.Learn(sender, arp.SenderHardwareAddress, arrival.Now);
        }
        else if (isForUs
            && !arrival.IsLinkGroup
            && neighbors.Find(sender) is { State: NeighborState.Incomplete or NeighborState.Probe })
        {
            neighbors.Advertise(sender, arp.SenderHardwareAddress, isSolicited: true, overrides: true, arrival.Now);
        }
        else
        {
            neighbors.Update(sender, arp.SenderHardwareAddress);
        }
    }

    private bool IsNeighbor(IPv4Address sender) =>
        !sender.IsUnspecified && !sender.IsLoopback && !addresses.IsBroadcast(sender) && routes.IsOnLink(sender);
}
