using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp.Congestion;

/// <summary>What an acknowledgment tells the congestion window.</summary>
internal readonly record struct WindowFeedback
{
    public required SequenceNumber Number { get; init; }

    public required SequenceNumber Next { get; init; }

    /// <summary>By how much the cumulative acknowledgment advanced (RFC 3465).</summary>
    public required int Acknowledged { get; init; }

    public required TimeSpan? RoundTrip { get; init; }

    public required TimeSpan SmoothedRoundTrip { get; init; }

    public required TimeSpan Now { get; init; }
}
