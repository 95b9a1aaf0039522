namespace Broadside.NetStack.Wire;

/// <summary>The header of a TCP segment with its options (RFC 9293 section 3.1).</summary>
internal readonly record struct TcpRepresentation
{
    public const int MaximumHeaderLength = 60;

    public required ushort SourcePort { get; init; }

    public required ushort DestinationPort { get; init; }

    public required SequenceNumber SequenceNumber { get; init; }

    public SequenceNumber AcknowledgmentNumber { get; init; }

    public required TcpFlags Flags { get; init; }

    /// <summary>The window as it is sent, not scaled.</summary>
    public ushort Window { get; init; }

    public ushort UrgentPointer { get; init; }

    public TcpOptions Options { get; init; }

    public int HeaderLength => TcpSegment.MinimumHeaderLength + Options.Length(IsSyn);

    private bool IsSyn => (Flags & TcpFlags.Syn) != 0;

    public static bool TryParse(
        TcpSegment segment,
        PseudoHeader pseudoHeader,
        ChecksumValidation validation,
        out TcpRepresentation representation,
        out PacketDefect defect)
    {
        representation = new()
        {
            SourcePort = segment.SourcePort,
            DestinationPort = segment.DestinationPort,
            SequenceNumber = segment.SequenceNumber,
            AcknowledgmentNumber = segment.AcknowledgmentNumber,
            Flags = segment.Flags,
            Window = segment.Window,
            UrgentPointer = segment.UrgentPointer,
            Options = TcpOptions.Parse(segment.Options, (segment.Flags & TcpFlags.Syn) != 0),
        };
        defect = validation == ChecksumValidation.Software && !segment.HasValidChecksum(pseudoHeader) ? PacketDefect.BadChecksum
            : representation.Inspect();
        return defect == PacketDefect.None;
    }

    /// <summary>Writes the header of a segment with this payload, which need not be at hand.</summary>
    public void Emit(Span<byte> header, PseudoHeader pseudoHeader, PayloadSum payload)
    {
        header = EmitWithoutChecksum(header);
        header.WriteUInt16(16, pseudoHeader.Checksum(header, payload));
    }

    /// <summary>Writes the header of a segment whose checksum the device completes: in its place stands the pseudo-header's sum.</summary>
    public void EmitPartial(Span<byte> header, PseudoHeader pseudoHeader, int payloadLength)
    {
        header = EmitWithoutChecksum(header);
        header.WriteUInt16(16, pseudoHeader.WithLength(header.Length + payloadLength).Value);
    }

    private Span<byte> EmitWithoutChecksum(Span<byte> header)
    {
        Inspect().ThrowIfDefective();
        header = header[..HeaderLength];
        header.WriteUInt16(0, SourcePort);
        header.WriteUInt16(2, DestinationPort);
        header.WriteUInt32(4, SequenceNumber.Value);
        header.WriteUInt32(8, AcknowledgmentNumber.Value);
        header[12] = (byte)(header.Length / 4 << 4);
        header[13] = (byte)Flags;
        header.WriteUInt16(14, Window);
        header.WriteUInt16(16, 0);
        header.WriteUInt16(18, UrgentPointer);
        Options.Emit(header[TcpSegment.MinimumHeaderLength..], IsSyn);
        return header;
    }

    private PacketDefect Inspect() => SourcePort == 0 || DestinationPort == 0 ? PacketDefect.BadPort : PacketDefect.None;
}
