namespace Broadside.NetStack.Tcp;

/// <summary>
/// How often one connection answers segments that are not acceptable: else two ends that have lost each other's numbers answer each
/// other's ACKs without end. RFC 5961 section 7 suggests ten in five seconds, Linux (tcp_invalid_ratelimit) has this interval.
/// </summary>
/// <remarks>Segments with data and without SYN are part of no such loop, and are answered at once (RFC 9293 section 3.10.7.4).</remarks>
internal struct InvalidSegmentLimit
{
    /// <summary>The least time between two answers.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private TimeSpan _next;

    public readonly bool Allows(TimeSpan now) => now >= _next;

    /// <summary>Takes an answer if one is allowed.</summary>
    public bool TryTake(TimeSpan now)
    {
        if (!Allows(now))
        {
            return false;
        }

        _next = now + Interval;
        return true;
    }
}
