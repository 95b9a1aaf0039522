using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp.Recovery;

/// <summary>How long RACK waits for what may only be out of order (RFC 8985 section 6.2 step 4).</summary>
internal struct ReorderingWindow
{
    private const int DuplicateThreshold = 3;
    private const int Persistence = 16;

    private int _multiplier;
    private int _persist;
    private SequenceNumber? _duplicateSackRound;

    public static ReorderingWindow Initial => new() { _multiplier = 1, _persist = Persistence };

    /// <summary>It widens with each round trip in which something proved to have been retransmitted in vain.</summary>
    public void OnAcknowledged(SequenceNumber number, SequenceNumber next, bool hasDuplicateSack)
    {
        if (_duplicateSackRound is { } round && number >= round)
        {
            _duplicateSackRound = null;
        }

        if (hasDuplicateSack && _duplicateSackRound is null)
        {
            _duplicateSackRound = next;
            _multiplier++;
            _persist = Persistence;
        }
    }

    /// <summary>It narrows after sixteen recoveries without such a proof.</summary>
    public void OnRecovered()
    {
        if (--_persist <= 0)
        {
            _multiplier = 1;
        }
    }

    public readonly TimeSpan Of(Scoreboard scoreboard, RackDetector rack, TimeSpan smoothed, bool isRecovering)
    {
        if (!rack.HasSeenReordering && (isRecovering || scoreboard.SackedSegments >= DuplicateThreshold))
        {
            return TimeSpan.Zero;
        }

        var window = rack.MinimumRoundTrip.HasValue ? rack.MinimumRoundTrip.Value * _multiplier / 4 : TimeSpan.Zero;
        return window < smoothed ? window : smoothed;
    }
}
