namespace Broadside.NetStack.Network;

/// <summary>Lets so many through a second, and a burst at once: what RFC 4443 section 2.4(f) asks for.</summary>
internal struct TokenBucket(int perSecond, int burst)
{
    private double _tokens = burst;
    private TimeSpan _filledAt;

    public bool TryTake(TimeSpan now)
    {
        _tokens = Math.Min(burst, _tokens + ((now - _filledAt).TotalSeconds * perSecond));
        _filledAt = now;
        if (_tokens < 1)
        {
            return false;
        }

        _tokens--;
        return true;
    }
}
