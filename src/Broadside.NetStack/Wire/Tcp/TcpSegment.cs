namespace Broadside.NetStack.Wire;

/// <summary>A view of a TCP segment (RFC 9293 section 3.1).</summary>
internal readonly ref struct TcpSegment
{
    public const int MinimumHeaderLength = 20;

    private readonly ReadOnlySpan<byte> _bytes;

    private TcpSegment(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public ushort SourcePort => _bytes.ReadUInt16(0);

    public ushort DestinationPort => _bytes.ReadUInt16(2);

    public SequenceNumber SequenceNumber => new(_bytes.ReadUInt32(4));

    public SequenceNumber AcknowledgmentNumber => new(_bytes.ReadUInt32(8));

    public int HeaderLength => (_bytes[12] >> 4) * 4;

    public TcpFlags Flags => (TcpFlags)_bytes[13];

    /// <summary>The window as it is sent, not scaled.</summary>
    public ushort Window => _bytes.ReadUInt16(14);

    public ushort UrgentPointer => _bytes.ReadUInt16(18);

    public ReadOnlySpan<byte> Options => _bytes[MinimumHeaderLength..HeaderLength];

    public ReadOnlySpan<byte> Payload => _bytes[HeaderLength..];

    /// <summary>How many sequence numbers it takes up: SEG.LEN, in which SYN and FIN count.</summary>
    public int SegmentLength =>
        Payload.Length + ((Flags & TcpFlags.Syn) != 0 ? 1 : 0) + ((Flags & TcpFlags.Fin) != 0 ? 1 : 0);

    public static bool TryParse(ReadOnlySpan<byte> bytes, out TcpSegment segment, out PacketDefect defect)
    {
        defect = Inspect(bytes);
        segment = defect == PacketDefect.None ? new(bytes) : default;
        return defect == PacketDefect.None;
    }

    public bool HasValidChecksum(PseudoHeader pseudoHeader) => pseudoHeader.Validates(_bytes);

    private static PacketDefect Inspect(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < MinimumHeaderLength)
        {
            return PacketDefect.Truncated;
        }

        var headerLength = (bytes[12] >> 4) * 4;
        return headerLength < MinimumHeaderLength ? PacketDefect.BadHeaderLength
            : headerLength > bytes.Length ? PacketDefect.Truncated
            : PacketDefect.None;
    }
}
