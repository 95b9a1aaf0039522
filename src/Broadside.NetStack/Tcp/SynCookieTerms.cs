namespace Broadside.NetStack.Tcp;

/// <summary>What survives of a SYN in a cookie.</summary>
internal readonly record struct SynCookieTerms
{
    /// <summary>The largest segment to send to the peer: what its SYN said, or a little less.</summary>
    public required int MaximumSegmentSize { get; init; }

    /// <summary>Whether both sides send timestamps; without them none of the following is set.</summary>
    public bool Timestamps { get; init; }

    /// <summary>By how many bits the peer's windows are shifted; null if neither side's are.</summary>
    public byte? WindowScale { get; init; }

    public bool SackPermitted { get; init; }

    /// <summary>Whether explicit congestion notification was agreed on.</summary>
    public bool Ecn { get; init; }
}
