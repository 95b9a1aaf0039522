using Broadside.NetStack.Network;

namespace Broadside.NetStack.Tests.Faults;

/// <summary>Packets as anybody could make them.</summary>
internal static class Forged
{
    public static byte[] Tcp(in Flow from, TcpRepresentation header, ReadOnlySpan<byte> payload = default)
    {
        header = header with { SourcePort = from.LocalPort, DestinationPort = from.RemotePort };
        var segment = new byte[header.HeaderLength + payload.Length];
        payload.CopyTo(segment.AsSpan(header.HeaderLength));
        header.Emit(segment, PseudoHeader.Between(from.Local, from.Remote, InternetProtocol.Tcp), PayloadSum.Of(payload));
        return Packet(from.Local, from.Remote, InternetProtocol.Tcp, segment);
    }

    public static byte[] Packet(NetworkAddress source, NetworkAddress destination, InternetProtocol protocol, ReadOnlySpan<byte> payload)
    {
        var headerLength = source.IsIPv4 ? IPv4Representation.HeaderLength : IPv6Representation.HeaderLength;
        var packet = new byte[headerLength + payload.Length];
        payload.CopyTo(packet.AsSpan(headerLength));
        if (source.IsIPv4)
        {
            new IPv4Representation
            {
                SourceAddress = source.AsIPv4(),
                DestinationAddress = destination.AsIPv4(),
                Protocol = protocol,
                PayloadLength = payload.Length,
            }.Emit(packet);
        }
        else
        {
            new IPv6Representation
            {
                SourceAddress = source.AsIPv6(),
                DestinationAddress = destination.AsIPv6(),
                NextHeader = protocol,
                PayloadLength = payload.Length,
            }.Emit(packet);
        }

        return packet;
    }

    /// <summary>The flow as its other end sees it.</summary>
    public static Flow Reverse(in Flow flow) => new(flow.Remote, flow.RemotePort, flow.Local, flow.LocalPort);

    /// <summary>What a host has sent, taken apart.</summary>
    public static (TcpRepresentation Header, byte[] Payload) Parse(byte[] packet)
    {
        Assert.True(IPv4Packet.TryParse(packet, out var view, out var defect), defect.ToString());
        Assert.True(TcpSegment.TryParse(view.Payload, out var segment, out defect), defect.ToString());
        var pseudoHeader = PseudoHeader.Between(view.SourceAddress, view.DestinationAddress, InternetProtocol.Tcp);
        Assert.True(TcpRepresentation.TryParse(segment, pseudoHeader, ChecksumValidation.Software, out var header, out defect), defect.ToString());
        return (header, segment.Payload.ToArray());
    }
}
