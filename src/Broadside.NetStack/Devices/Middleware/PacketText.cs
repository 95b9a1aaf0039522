using System.Globalization;
using System.Text;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Devices;

/// <summary>Says what a frame is in one line. Whatever is wrong with it is said too.</summary>
internal static class PacketText
{
    public static string Of(ReadOnlySpan<byte> frame, LinkLayer linkLayer)
    {
        var text = new StringBuilder();
        Append(text, frame, linkLayer);
        return text.ToString();
    }

    public static void Append(StringBuilder text, ReadOnlySpan<byte> frame, LinkLayer linkLayer)
    {
        if (linkLayer == LinkLayer.None)
        {
            AppendPacket(text, frame, frame.IsEmpty ? default : frame[0] >> 4 == 4 ? EtherType.IPv4 : EtherType.IPv6);
        }
        else if (EthernetFrame.TryParse(frame, out var ethernet, out var defect))
        {
            text.Append(Invariant, $"{ethernet.Source} > {ethernet.Destination}, ");
            AppendPacket(text, ethernet.Payload, ethernet.EtherType);
        }
        else
        {
            AppendDefect(text, "Ethernet", defect, frame.Length);
        }
    }

    internal static CultureInfo Invariant => CultureInfo.InvariantCulture;

    internal static void AppendDefect(StringBuilder text, string what, PacketDefect defect, int length) =>
        text.Append(Invariant, $"{what} [{defect}], length {length}");

    private static void AppendPacket(StringBuilder text, ReadOnlySpan<byte> bytes, EtherType type)
    {
        switch (type)
        {
            case EtherType.IPv4:
                AppendIPv4(text, bytes);
                break;
            case EtherType.IPv6:
                AppendIPv6(text, bytes);
                break;
            case EtherType.Arp:
                AppendArp(text, bytes);
                break;
            default:
                text.Append(Invariant, $"type 0x{(ushort)type:x4}, length {bytes.Length}");
                break;
        }
    }

    private static void AppendArp(StringBuilder text, ReadOnlySpan<byte> bytes)
    {
        if (!ArpPacket.TryParse(bytes, out var arp, out var defect))
        {
            AppendDefect(text, "ARP", defect, bytes.Length);
        }
        else if (arp.Operation == ArpOperation.Request)
        {
            text.Append(Invariant, $"ARP, Request who-has {arp.TargetProtocolAddress} tell {arp.SenderProtocolAddress}");
        }
        else
        {
            text.Append(Invariant, $"ARP, {arp.Operation} {arp.SenderProtocolAddress} is-at {arp.SenderHardwareAddress}");
        }
    }

    private static void AppendIPv4(StringBuilder text, ReadOnlySpan<byte> bytes)
    {
        if (!IPv4Packet.TryParse(bytes, out var packet, out var defect))
        {
            AppendDefect(text, "IP", defect, bytes.Length);
            return;
        }

        text.Append("IP ").Append(packet.HasValidChecksum ? "" : "(bad checksum) ");
        AppendEcn(text, packet.Ecn);
        if (packet.IsFragment)
        {
            var more = packet.MoreFragments ? "+" : "";
            text.Append(Invariant, $"{packet.SourceAddress} > {packet.DestinationAddress}: ");
            text.Append(Invariant, $"frag {packet.Identification}:{packet.Payload.Length}@{packet.FragmentOffset}{more} {packet.Protocol}");
            return;
        }

        TransportText.Append(text, packet.SourceAddress, packet.DestinationAddress, packet.Protocol, packet.Payload);
    }

    private static void AppendIPv6(StringBuilder text, ReadOnlySpan<byte> bytes)
    {
        if (!IPv6Packet.TryParse(bytes, out var packet, out var defect))
        {
            AppendDefect(text, "IP6", defect, bytes.Length);
            return;
        }

        text.Append("IP6 ");
        AppendEcn(text, packet.Ecn);
        if (!IPv6HeaderChain.TryParse(packet, out var chain, out var chainDefect))
        {
            text.Append(Invariant, $"{packet.SourceAddress} > {packet.DestinationAddress}: ");
            AppendDefect(text, "headers", chainDefect.Reason, packet.PayloadLength);
        }
        else if (chain.Fragment is { } fragment)
        {
            var more = fragment.MoreFragments ? "+" : "";
            text.Append(Invariant, $"{packet.SourceAddress} > {packet.DestinationAddress}: ");
            text.Append(Invariant, $"frag {fragment.Identification}:{chain.Payload.Length}@{fragment.FragmentOffset}{more} ")
                .Append(chain.Protocol);
        }
        else
        {
            TransportText.Append(text, packet.SourceAddress, packet.DestinationAddress, chain.Protocol, chain.Payload);
        }
    }

    private static void AppendEcn(StringBuilder text, EcnCodepoint ecn) => text.Append(ecn switch
    {
        EcnCodepoint.EcnCapable0 => "ECT(0) ",
        EcnCodepoint.EcnCapable1 => "ECT(1) ",
        EcnCodepoint.CongestionExperienced => "CE ",
        _ => "",
    });
}
