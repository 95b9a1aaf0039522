using Broadside.NetStack.Tcp.Congestion;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp.Recovery;

/// <summary>What the handshake has settled.</summary>
internal readonly record struct RecoveryStart
{
    /// <summary>The first sequence number of data.</summary>
    public required SequenceNumber Next { get; init; }

    /// <summary>The payload of a full segment, options deducted.</summary>
    public required int SegmentSize { get; init; }

    public bool SackPermitted { get; init; }

    public bool EcnCapable { get; init; }

    /// <summary>Whether a SYN or SYN-ACK of ours had to be sent again.</summary>
    public bool HandshakeTimedOut { get; init; }

    public CongestionAlgorithm Algorithm { get; init; }

    public bool IsPaced { get; init; }

    /// <summary>A slow start threshold known from earlier connections, or none.</summary>
    public int? SlowStartThreshold { get; init; }
}
