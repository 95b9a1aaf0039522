namespace Broadside.NetStack.Tcp;

/// <summary>What a stack's TCP has done.</summary>
internal sealed class TcpCounters
{
    public long SegmentsReceived;
    public long SegmentsSent;
    public long Malformed;
    public long ActiveOpens;
    public long PassiveOpens;
    public long OpensRefused;
    public long PendingDropped;
    public long CookiesSent;
    public long CookiesAccepted;
    public long CookiesRefused;
    public long ResetsSent;
    public long ResetsSuppressed;
    public long WithoutTimestamps;
    public long OldTimestamps;
    public long OutOfOrderDropped;
    public long ErrorsIgnored;
    public long TimeWaitsEvicted;
}
