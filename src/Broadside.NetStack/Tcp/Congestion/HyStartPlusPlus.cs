using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp.Congestion;

/// <summary>Leaves the first slow start when the round trip grows, before anything is lost (RFC 9406).</summary>
internal struct HyStartPlusPlus
{
    private const int GrowthDivisor = 4;
    private const int ConservativeRounds = 5;
    private const int SamplesPerRound = 8;
    private const int RoundTripDivisor = 8;

    private static readonly TimeSpan LeastThreshold = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan GreatestThreshold = TimeSpan.FromMilliseconds(16);

    private SequenceNumber _roundEnd;
    private TimeSpan _lastRoundMinimum;
    private TimeSpan _roundMinimum;
    private TimeSpan _baseline;
    private int _samples;
    private int _conservativeRounds;

    public bool IsConservative { get; private set; }

    /// <summary>Section 4.3: whether slow start is over.</summary>
    public bool IsDone { get; private set; }

    public void Start(SequenceNumber next)
    {
        this = default;
        _roundEnd = next;
        (_lastRoundMinimum, _roundMinimum, _baseline) = (TimeSpan.MaxValue, TimeSpan.MaxValue, TimeSpan.MaxValue);
    }

    public readonly int Growth(int bytes) => IsConservative ? bytes / GrowthDivisor : bytes;

    public void OnAcknowledged(SequenceNumber number, SequenceNumber next, TimeSpan? roundTrip)
    {
        if (roundTrip is { } sample)
        {
            _roundMinimum = Least(_roundMinimum, sample);
            _samples++;
            Judge();
        }

        if (number >= _roundEnd)
        {
            StartRound(next);
        }
    }

    private void Judge()
    {
        if (_samples < SamplesPerRound || _roundMinimum == TimeSpan.MaxValue)
        {
            return;
        }

        if (IsConservative)
        {
            // The growth was a passing one.
            IsConservative = _roundMinimum >= _baseline;
        }
        else if (_lastRoundMinimum != TimeSpan.MaxValue && _roundMinimum >= _lastRoundMinimum + Threshold)
        {
            IsConservative = true;
            _baseline = _roundMinimum;
            _conservativeRounds = 0;
        }
    }

    private readonly TimeSpan Threshold =>
        TimeSpan.FromTicks(Math.Clamp(_lastRoundMinimum.Ticks / RoundTripDivisor, LeastThreshold.Ticks, GreatestThreshold.Ticks));

    private void StartRound(SequenceNumber next)
    {
        // The round in which it became conservative counts, though it is not a whole one.
        IsDone = IsConservative && ++_conservativeRounds >= ConservativeRounds;
        (_lastRoundMinimum, _roundMinimum, _samples) = (_roundMinimum, TimeSpan.MaxValue, 0);
        _roundEnd = next;
    }

    private static TimeSpan Least(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
