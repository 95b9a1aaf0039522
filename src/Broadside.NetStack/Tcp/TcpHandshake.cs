using Broadside.NetStack.Network;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp;

/// <summary>What a completed handshake leaves to the connection: from a half-open one, or from a SYN cookie.</summary>
internal readonly record struct TcpHandshake
{
    public required Flow Flow { get; init; }

    public required TcpNegotiation Negotiated { get; init; }

    /// <summary>ISS.</summary>
    public required SequenceNumber InitialSendSequence { get; init; }

    /// <summary>IRS.</summary>
    public required SequenceNumber InitialReceiveSequence { get; init; }

    /// <summary>The right edge of the window that was advertised.</summary>
    public required SequenceNumber ReceiveEdge { get; init; }

    /// <summary>SND.WND in bytes.</summary>
    public required int SendWindow { get; init; }

    /// <summary>TS.Recent.</summary>
    public uint RecentTimestamp { get; init; }

    /// <summary>How long the answer took; null if it cannot be told.</summary>
    public TimeSpan? RoundTrip { get; init; }

    /// <summary>Whether the SYN had to be sent again (RFC 5681 section 3.1).</summary>
    public bool WasRetransmitted { get; init; }
}
