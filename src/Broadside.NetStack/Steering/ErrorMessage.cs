using Broadside.NetStack.Network;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Steering;

/// <summary>An ICMP message by which another channel hears of a delivery error, whoever found it.</summary>
internal static class ErrorMessage
{
    private const int MessageHeaderLength = Icmpv4Representation.HeaderLength;

    // RFC 792: the header and eight bytes more.
    private const int QuotedTransportLength = 8;

    public static int LengthOf(in DeliveryError error) =>
        (2 * HeaderLength(error)) + MessageHeaderLength + QuotedTransportLength;

    /// <summary>Writes the packet. Its checksum is not to be checked.</summary>
    public static void Write(Span<byte> packet, in DeliveryError error)
    {
        var about = error.Packet;
        var isIPv4 = about.SourceAddress.IsIPv4;
        var headerLength = HeaderLength(error);
        PacketHeader.Write(
            packet, about.SourceAddress, about.SourceAddress, isIPv4 ? InternetProtocol.Icmp : InternetProtocol.Icmpv6, default,
            packet.Length - headerLength);
        var message = packet[headerLength..];
        var quoted = message[MessageHeaderLength..];
        PacketHeader.Write(quoted, about.SourceAddress, about.DestinationAddress, about.Protocol, default, QuotedTransportLength);
        quoted.WriteUInt16(headerLength, about.SourcePort);
        quoted.WriteUInt16(headerLength + sizeof(ushort), about.DestinationPort);
        quoted.WriteUInt32(headerLength + (2 * sizeof(ushort)), about.SequenceNumber.Value);
        if (isIPv4)
        {
            MessageIPv4(error).Emit(message, default);
        }
        else
        {
            MessageIPv6(error).Emit(message, default, default);
        }
    }

    private static int HeaderLength(in DeliveryError error) =>
        error.Packet.SourceAddress.IsIPv4 ? IPv4Representation.HeaderLength : IPv6Representation.HeaderLength;

    private static Icmpv4Representation MessageIPv4(in DeliveryError error) => error.Kind switch
    {
        DeliveryErrorKind.TooBig => Icmpv4Representation.FragmentationNeeded((ushort)Math.Min(error.MaximumTransmissionUnit, ushort.MaxValue)),
        DeliveryErrorKind.Refused => Icmpv4Representation.DestinationUnreachable(Icmpv4UnreachableCode.Port),
        _ => Icmpv4Representation.DestinationUnreachable(Icmpv4UnreachableCode.Host),
    };

    private static Icmpv6Representation MessageIPv6(in DeliveryError error) => error.Kind switch
    {
        DeliveryErrorKind.TooBig => Icmpv6Representation.PacketTooBig((uint)error.MaximumTransmissionUnit),
        DeliveryErrorKind.Refused => Icmpv6Representation.DestinationUnreachable(Icmpv6UnreachableCode.Port),
        _ => Icmpv6Representation.DestinationUnreachable(Icmpv6UnreachableCode.Address),
    };
}
