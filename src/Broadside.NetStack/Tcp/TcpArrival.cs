using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp;

/// <summary>A segment that arrived, found whole: SEG in RFC 9293 section 3.3.1.</summary>
internal readonly ref struct TcpArrival
{
    public required TcpRepresentation Header { get; init; }

    public required ReadOnlySpan<byte> Payload { get; init; }

    public EcnCodepoint Ecn { get; init; }

    /// <summary>Where the device joined several segments, how much payload each had; else zero.</summary>
    public int JoinedSegmentSize { get; init; }

    public SequenceNumber Sequence => Header.SequenceNumber;

    /// <summary>SEG.LEN, in which SYN and FIN count.</summary>
    public int Length => Payload.Length + (Has(TcpFlags.Syn) ? 1 : 0) + (Has(TcpFlags.Fin) ? 1 : 0);

    public SequenceNumber End => Sequence + Length;

    public bool Has(TcpFlags flag) => (Header.Flags & flag) != 0;
}
