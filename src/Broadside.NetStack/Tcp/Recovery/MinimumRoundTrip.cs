namespace Broadside.NetStack.Tcp.Recovery;

/// <summary>The least round trip of some minutes, so that a change of route is noticed in the end (RFC 8985 section 6.2 step 1).</summary>
internal struct MinimumRoundTrip
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(2.5);

    private TimeSpan _before;
    private TimeSpan _current;
    private TimeSpan _periodEnd;

    public static MinimumRoundTrip None => new() { _before = TimeSpan.MaxValue, _current = TimeSpan.MaxValue };

    public readonly TimeSpan Value => _before < _current ? _before : _current;

    public readonly bool HasValue => Value != TimeSpan.MaxValue;

    public void OnSample(TimeSpan sample, TimeSpan now)
    {
        if (now >= _periodEnd)
        {
            _before = now >= _periodEnd + Period ? TimeSpan.MaxValue : _current;
            _current = sample;
            _periodEnd = now + Period;
        }
        else if (sample < _current)
        {
            _current = sample;
        }
    }
}
