namespace Broadside.NetStack.Wire;

/// <summary>The header of a UDP datagram; a source port of zero is none (RFC 768).</summary>
internal readonly record struct UdpRepresentation(ushort SourcePort, ushort DestinationPort)
{
    public const int HeaderLength = UdpDatagram.HeaderLength;
    public const int MaximumPayloadLength = ushort.MaxValue - HeaderLength;

    public static bool TryParse(
        UdpDatagram datagram,
        PseudoHeader pseudoHeader,
        ChecksumValidation validation,
        out UdpRepresentation representation,
        out PacketDefect defect)
    {
        representation = new(datagram.SourcePort, datagram.DestinationPort);
        defect = validation == ChecksumValidation.Software && !datagram.HasValidChecksum(pseudoHeader) ? PacketDefect.BadChecksum
            : representation.Inspect();
        return defect == PacketDefect.None;
    }

    /// <summary>Writes the header of a datagram with this payload. One longer than a datagram's throws.</summary>
    public void Emit(Span<byte> header, PseudoHeader pseudoHeader, PayloadSum payload)
    {
        Inspect().ThrowIfDefective();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, MaximumPayloadLength);
        header = header[..HeaderLength];
        header.WriteUInt16(0, SourcePort);
        header.WriteUInt16(2, DestinationPort);
        header.WriteUInt16(4, (ushort)(HeaderLength + payload.Length));
        header.WriteUInt16(6, 0);

        // RFC 768: zero says that there is no checksum, so that a checksum of zero is sent as all ones, which equals it.
        var checksum = pseudoHeader.Checksum(header, payload);
        header.WriteUInt16(6, checksum == 0 ? ushort.MaxValue : checksum);
    }

    private PacketDefect Inspect() => DestinationPort == 0 ? PacketDefect.BadPort : PacketDefect.None;
}
