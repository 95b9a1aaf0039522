namespace Broadside.NetStack.Wire;

/// <summary>Where the extension headers of an IPv6 packet lead: to an upper layer's packet or to a fragment of one.</summary>
internal readonly ref struct IPv6HeaderChain
{
    internal IPv6HeaderChain(InternetProtocol protocol, int length, ReadOnlySpan<byte> payload, IPv6FragmentHeader? fragment)
    {
        Protocol = protocol;
        Length = length;
        Payload = payload;
        Fragment = fragment;
    }

    /// <summary>The upper layer's protocol; of a fragment, what the fragmented part begins with.</summary>
    public InternetProtocol Protocol { get; }

    /// <summary>How many bytes of extension headers there are.</summary>
    public int Length { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>The fragment that the payload is; null for a whole packet, also where a Fragment header says so (RFC 6946).</summary>
    public IPv6FragmentHeader? Fragment { get; }

    public static bool TryParse(IPv6Packet packet, out IPv6HeaderChain chain, out HeaderChainDefect defect)
    {
        var walker = new IPv6HeaderWalker(packet.Payload, IPv6Packet.HeaderLength, IPv6Packet.NextHeaderField, packet.NextHeader)
        {
            IsMulticast = packet.DestinationAddress.IsMulticast,
        };
        return walker.TryWalk(out chain, out defect);
    }

    /// <summary>Walks on in the fragmented part of a packet, reassembled.</summary>
    public static bool TryParse(ReassembledDatagram datagram, out IPv6HeaderChain chain, out HeaderChainDefect defect)
    {
        // The Fragment header, which begins with its Next Header field, is the last before the payload.
        var fragmentHeader = datagram.HeaderLength - IPv6FragmentHeader.Length;
        var walker = new IPv6HeaderWalker(datagram.Payload, datagram.HeaderLength, fragmentHeader, datagram.Protocol)
        {
            IsMulticast = datagram.Key.Destination.IsMulticast,
            IsReassembled = true,
        };
        return walker.TryWalk(out chain, out defect);
    }
}
