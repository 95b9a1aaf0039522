using System.Net;
using Broadside.NetStack.Wire;
using Broadside.PacketScripts.Parsing;

namespace Broadside.PacketScripts.Running;

/// <summary>Makes the bytes of packets that scripts inject. They may be such as no stack would send; payloads are zeros.</summary>
internal static class PacketEncoder
{
    /// <summary>What an ICMP message quotes behind the IP header, enough for ports and sequence number (RFC 792).</summary>
    private const int QuotedLength = 8;

    public static byte[] Encode(ScriptPacket packet, IPEndPoint source, IPEndPoint destination)
    {
        NetworkAddress from = NetworkAddress.From(source.Address), to = NetworkAddress.From(destination.Address);
        return packet.Transport switch
        {
            TcpFields tcp => Encode(packet.Network, from, to, InternetProtocol.Tcp, EncodeTcp(tcp, source, destination, from, to)),
            UdpFields udp => Encode(packet.Network, from, to, InternetProtocol.Udp, EncodeUdp(udp, source, destination, from, to)),
            IcmpFields icmp => EncodeIcmp(packet.Network, icmp, source, destination, from, to),
            _ => throw new NotSupportedException(),
        };
    }

    private static byte[] Encode(NetworkFields fields, NetworkAddress from, NetworkAddress to, InternetProtocol protocol, byte[] payload)
    {
        var ecn = fields.Ecn is { } expectation ? (EcnCodepoint)expectation : (EcnCodepoint)((fields.TypeOfService ?? 0) & 3);
        var dscp = (byte)((fields.TypeOfService ?? 0) >> 2);
        if (from.IsIPv4)
        {
            var header = new byte[IPv4Representation.HeaderLength];
            new IPv4Representation
            {
                SourceAddress = from.AsIPv4(),
                DestinationAddress = to.AsIPv4(),
                Protocol = protocol,
                PayloadLength = payload.Length,
                Ecn = ecn,
                Dscp = dscp,
                DontFragment = true,
                TimeToLive = fields.TimeToLive ?? IPv4Representation.DefaultTimeToLive,
            }.Emit(header);
            return [.. header, .. payload];
        }

        var header6 = new byte[IPv6Representation.HeaderLength];
        new IPv6Representation
        {
            SourceAddress = from.AsIPv6(),
            DestinationAddress = to.AsIPv6(),
            NextHeader = protocol,
            PayloadLength = payload.Length,
            Ecn = ecn,
            Dscp = dscp,
            FlowLabel = fields.FlowLabel ?? 0,
            HopLimit = fields.TimeToLive ?? IPv6Representation.DefaultHopLimit,
        }.Emit(header6);
        return [.. header6, .. payload];
    }

    private static byte[] EncodeTcp(TcpFields tcp, IPEndPoint source, IPEndPoint destination, NetworkAddress from, NetworkAddress to)
    {
        var options = TcpOptionCodec.Encode(tcp.Options ?? []);
        var header = new byte[TcpSegment.MinimumHeaderLength + options.Length];
        var span = header.AsSpan();
        span.WriteUInt16(0, (ushort)source.Port);
        span.WriteUInt16(2, (ushort)destination.Port);
        span.WriteUInt32(4, tcp.Sequence);
        span.WriteUInt32(8, tcp.Acknowledgment);
        span[12] = (byte)(header.Length / 4 << 4);
        span[13] = (byte)tcp.Flags;
        span.WriteUInt16(14, tcp.Window ?? 0);
        span.WriteUInt16(18, tcp.UrgentPointer);
        options.CopyTo(span[TcpSegment.MinimumHeaderLength..]);
        var payload = new byte[tcp.PayloadLength];
        span.WriteUInt16(16, PseudoHeader.Between(from, to, InternetProtocol.Tcp).Checksum(header, PayloadSum.Of(payload)));
        return [.. header, .. payload];
    }

    private static byte[] EncodeUdp(UdpFields udp, IPEndPoint source, IPEndPoint destination, NetworkAddress from, NetworkAddress to)
    {
        var payload = new byte[udp.PayloadLength];
        var header = new byte[UdpRepresentation.HeaderLength];
        new UdpRepresentation((ushort)source.Port, (ushort)destination.Port)
            .Emit(header, PseudoHeader.Between(from, to, InternetProtocol.Udp), PayloadSum.Of(payload));
        return [.. header, .. payload];
    }

    private static byte[] EncodeIcmp(
        NetworkFields network, IcmpFields icmp, IPEndPoint source, IPEndPoint destination, NetworkAddress from, NetworkAddress to)
    {
        var data = icmp.Type is "echo_request" or "echo_reply" ? [] : EncodeQuoted(icmp.Quoted, destination, source, to, from);
        var header = new byte[Icmpv4Representation.HeaderLength];
        if (from.IsIPv4)
        {
            IcmpNames.ToIcmpv4(icmp).Emit(header, PayloadSum.Of(data));
            return Encode(network, from, to, InternetProtocol.Icmp, [.. header, .. data]);
        }

        IcmpNames.ToIcmpv6(icmp).Emit(header, PseudoHeader.Between(from, to, InternetProtocol.Icmpv6), PayloadSum.Of(data));
        return Encode(network, from, to, InternetProtocol.Icmpv6, [.. header, .. data]);
    }

    // The beginning of the packet that the stack had sent: its source is the error's destination.
    private static byte[] EncodeQuoted(
        QuotedFields? quoted, IPEndPoint source, IPEndPoint destination, NetworkAddress from, NetworkAddress to)
    {
        quoted ??= new(InternetProtocol.Tcp, 0, 0);
        var transport = quoted.Protocol == InternetProtocol.Udp
            ? EncodeUdp(new(null, quoted.PayloadLength), source, destination, from, to)
            : EncodeTcp(new(null, TcpFlags.Ack, quoted.Sequence, quoted.PayloadLength, 0, null, 0, []), source, destination, from, to);
        var packet = Encode(NetworkFields.Unspecified, from, to, quoted.Protocol, transport);
        return packet[..(packet.Length - transport.Length + QuotedLength)];
    }
}
