using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Devices;

/// <summary>What a router does instead of dropping a packet (RFC 3168 section 5).</summary>
internal static class CongestionMark
{
    /// <summary>Marks a packet whose transport understands it.</summary>
    /// <returns>Whether it now carries the mark; one that had it already counts.</returns>
    public static bool TryMark(Span<byte> packet)
    {
        if (IPv4Packet.TryParse(packet, out var packet4, out _))
        {
            if (packet4.Ecn == EcnCodepoint.NotEcnCapable)
            {
                return false;
            }

            ReadOnlySpan<byte> header = packet4.Header;
            var (removed, checksum) = (new OnesComplementSum(header.ReadUInt16(0)), header.ReadUInt16(10));
            packet[1] |= (byte)EcnCodepoint.CongestionExperienced;
            var added = new OnesComplementSum(header.ReadUInt16(0));
            packet.WriteUInt16(10, OnesComplementSum.Update(checksum, removed, added));
            return true;
        }

        if (!IPv6Packet.TryParse(packet, out var packet6, out _) || packet6.Ecn == EcnCodepoint.NotEcnCapable)
        {
            return false;
        }

        // The Traffic Class, of which the field is the low end, begins in the middle of a byte. No checksum covers it.
        packet[1] |= (byte)EcnCodepoint.CongestionExperienced << 4;
        return true;
    }
}
