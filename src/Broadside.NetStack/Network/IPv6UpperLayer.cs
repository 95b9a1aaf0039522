using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>
/// Passes over extension headers, whatever is wrong with them, to see what a packet about to be complained of carries. To take a packet
/// there is <see cref="IPv6HeaderChain"/>.
/// </summary>
internal static class IPv6UpperLayer
{
    private const int HeaderUnit = 8;

    public static bool TryFind(ReadOnlySpan<byte> packet, out InternetProtocol protocol, out ReadOnlySpan<byte> payload) =>
        TryFind(packet, out protocol, out payload, out _);

    /// <summary>Whether there is a Fragment header, though it be an atomic fragment's.</summary>
    public static bool HasFragmentHeader(ReadOnlySpan<byte> packet)
    {
        TryFind(packet, out _, out _, out var hasFragmentHeader);
        return hasFragmentHeader;
    }

    private static bool TryFind(
        ReadOnlySpan<byte> packet, out InternetProtocol protocol, out ReadOnlySpan<byte> payload, out bool hasFragmentHeader)
    {
        protocol = (InternetProtocol)packet[IPv6Packet.NextHeaderField];
        payload = packet[IPv6Packet.HeaderLength..];
        hasFragmentHeader = false;
        for (var headers = 0; headers <= IPv6HeaderWalker.MaximumHeaders; headers++)
        {
            var length = protocol switch
            {
                InternetProtocol.HopByHopOptions or InternetProtocol.Routing or InternetProtocol.DestinationOptions =>
                    payload.Length < HeaderUnit ? int.MaxValue : (payload[1] + 1) * HeaderUnit,
                InternetProtocol.Fragment => IPv6FragmentHeader.Length,
                _ => 0,
            };
            if (length == 0)
            {
                return true;
            }

            hasFragmentHeader |= protocol == InternetProtocol.Fragment;
            if (length > payload.Length || (protocol == InternetProtocol.Fragment && IPv6FragmentHeader.Read(payload).FragmentOffset > 0))
            {
                return false;
            }

            protocol = (InternetProtocol)payload[0];
            payload = payload[length..];
        }

        return false;
    }
}
