using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Steering;

/// <summary>The header with which a packet goes to another channel: what transports see of that with which it came.</summary>
internal static class PacketHeader
{
    public static void Write(
        Span<byte> packet, NetworkAddress source, NetworkAddress destination, InternetProtocol protocol, EcnCodepoint ecn, int payloadLength)
    {
        if (source.IsIPv4)
        {
            new IPv4Representation
            {
                SourceAddress = source.AsIPv4(),
                DestinationAddress = destination.AsIPv4(),
                Protocol = protocol,
                PayloadLength = payloadLength,
                Ecn = ecn,
            }.Emit(packet);
            return;
        }

        new IPv6Representation
        {
            SourceAddress = source.AsIPv6(),
            DestinationAddress = destination.AsIPv6(),
            NextHeader = protocol,
            PayloadLength = payloadLength,
            Ecn = ecn,
        }.Emit(packet);
    }
}
