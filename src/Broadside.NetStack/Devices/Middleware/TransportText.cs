using System.Text;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Devices;

/// <summary>Says what an IP packet carries.</summary>
internal static class TransportText
{
    private static readonly (TcpFlags Flag, char Letter)[] FlagLetters =
    [
        (TcpFlags.Syn, 'S'),
        (TcpFlags.Fin, 'F'),
        (TcpFlags.Rst, 'R'),
        (TcpFlags.Psh, 'P'),
        (TcpFlags.Ack, '.'),
        (TcpFlags.Urg, 'U'),
        (TcpFlags.Ece, 'E'),
        (TcpFlags.Cwr, 'W'),
    ];

    public static void Append(
        StringBuilder text, NetworkAddress source, NetworkAddress destination, InternetProtocol protocol, ReadOnlySpan<byte> bytes)
    {
        switch (protocol)
        {
            case InternetProtocol.Tcp when TcpSegment.TryParse(bytes, out var segment, out _):
                text.Append(PacketText.Invariant, $"{source}.{segment.SourcePort} > {destination}.{segment.DestinationPort}: ");
                AppendTcp(text, segment);
                break;
            case InternetProtocol.Udp when UdpDatagram.TryParse(bytes, out var datagram, out _):
                text.Append(PacketText.Invariant, $"{source}.{datagram.SourcePort} > {destination}.{datagram.DestinationPort}: ");
                text.Append(PacketText.Invariant, $"UDP, length {datagram.Payload.Length}");
                break;
            case InternetProtocol.Icmp when Icmpv4Packet.TryParse(bytes, out var icmp, out _):
                text.Append(PacketText.Invariant, $"{source} > {destination}: ICMP {icmp.Type} code {icmp.Code}, length {bytes.Length}");
                break;
            case InternetProtocol.Icmpv6 when Icmpv6Packet.TryParse(bytes, out var icmp, out _):
                text.Append(PacketText.Invariant, $"{source} > {destination}: ICMP6 {icmp.Type} code {icmp.Code}, length {bytes.Length}");
                break;
            case InternetProtocol.Tcp or InternetProtocol.Udp or InternetProtocol.Icmp or InternetProtocol.Icmpv6:
                text.Append(PacketText.Invariant, $"{source} > {destination}: {protocol} [malformed], length {bytes.Length}");
                break;
            default:
                text.Append(PacketText.Invariant, $"{source} > {destination}: protocol {(byte)protocol}, length {bytes.Length}");
                break;
        }
    }

    private static void AppendTcp(StringBuilder text, TcpSegment segment)
    {
        text.Append("Flags [");
        AppendFlags(text, segment.Flags);
        text.Append(PacketText.Invariant, $"], seq {segment.SequenceNumber}");
        if (segment.Payload.Length > 0)
        {
            text.Append(PacketText.Invariant, $":{segment.SequenceNumber + segment.Payload.Length}");
        }

        if ((segment.Flags & TcpFlags.Ack) != 0)
        {
            text.Append(PacketText.Invariant, $", ack {segment.AcknowledgmentNumber}");
        }

        text.Append(PacketText.Invariant, $", win {segment.Window}");
        if ((segment.Flags & TcpFlags.Urg) != 0)
        {
            text.Append(PacketText.Invariant, $", urg {segment.UrgentPointer}");
        }

        AppendOptions(text, segment.Options);
        text.Append(PacketText.Invariant, $", length {segment.Payload.Length}");
    }

    private static void AppendFlags(StringBuilder text, TcpFlags flags)
    {
        if (flags == TcpFlags.None)
        {
            text.Append("none");
        }

        foreach (var (flag, letter) in FlagLetters)
        {
            if ((flags & flag) != 0)
            {
                text.Append(letter);
            }
        }
    }

    private static void AppendOptions(StringBuilder text, ReadOnlySpan<byte> bytes)
    {
        var reader = new TcpOptionReader(bytes);
        var separator = ", options [";
        while (reader.TryRead(out var option))
        {
            text.Append(separator);
            AppendOption(text, option);
            separator = ", ";
        }

        text.Append(separator == ", " ? "]" : "").Append(reader.IsMalformed ? " (malformed options)" : "");
    }

    private static void AppendOption(StringBuilder text, TcpOption option)
    {
        switch (option.Kind, option.Data.Length)
        {
            case (TcpOptionKind.MaximumSegmentSize, 2):
                text.Append(PacketText.Invariant, $"mss {option.Data.ReadUInt16(0)}");
                break;
            case (TcpOptionKind.WindowScale, 1):
                text.Append(PacketText.Invariant, $"wscale {option.Data[0]}");
                break;
            case (TcpOptionKind.SackPermitted, 0):
                text.Append("sackOK");
                break;
            case (TcpOptionKind.Timestamps, 8):
                text.Append(PacketText.Invariant, $"TS val {option.Data.ReadUInt32(0)} ecr {option.Data.ReadUInt32(4)}");
                break;
            case (TcpOptionKind.Sack, > 0) when option.Data.Length % SackBlock.Length == 0:
                AppendSackBlocks(text, option.Data);
                break;
            default:
                text.Append(PacketText.Invariant, $"option {(byte)option.Kind} of {option.Data.Length + TcpOption.HeaderLength} bytes");
                break;
        }
    }

    private static void AppendSackBlocks(StringBuilder text, ReadOnlySpan<byte> data)
    {
        text.Append(PacketText.Invariant, $"sack {data.Length / SackBlock.Length} ");
        for (var at = 0; at < data.Length; at += SackBlock.Length)
        {
            text.Append(PacketText.Invariant, $"{{{data.ReadUInt32(at)}:{data.ReadUInt32(at + 4)}}}");
        }
    }
}
