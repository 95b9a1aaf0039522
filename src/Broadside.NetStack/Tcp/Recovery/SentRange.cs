using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp.Recovery;

/// <summary>Sequence numbers that were sent at the same time and share the same fate so far.</summary>
internal struct SentRange
{
    public SequenceNumber Start;
    public int Length;

    /// <summary>How many segments it went out in.</summary>
    public int Segments;

    public RangeState State;

    /// <summary>Whether it was ever sent more than once.</summary>
    public bool IsRetransmitted;

    /// <summary>When it was sent last.</summary>
    public TimeSpan SentAt;

    /// <summary>The neighbours in the sequence space.</summary>
    public int Previous;
    public int Next;

    /// <summary>The neighbours in the list of its state: what is in flight is ordered by time, what is lost by sequence.</summary>
    public int OrderPrevious;
    public int OrderNext;

    public readonly SequenceNumber End => Start + Length;
}

internal enum RangeState : byte
{
    InFlight,
    Lost,
    Sacked,
}
