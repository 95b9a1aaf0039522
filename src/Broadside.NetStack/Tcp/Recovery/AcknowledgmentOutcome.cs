namespace Broadside.NetStack.Tcp.Recovery;

/// <summary>What an acknowledgment brought about.</summary>
internal struct AcknowledgmentOutcome
{
    /// <summary>By how much the cumulative acknowledgment advanced.</summary>
    public int Acknowledged;

    /// <summary>How much was selectively acknowledged for the first time.</summary>
    public int Sacked;

    public bool IsDuplicate;
    public bool HasDuplicateSack;
    public bool EnteredRecovery;
    public bool LeftRecovery;

    /// <summary>A reduction of the congestion window was taken back: nothing had been lost.</summary>
    public bool WasSpurious;
}
