namespace Broadside.NetStack.Devices;

/// <summary>When frames have left on a line of limited rate, one behind the other.</summary>
internal struct LineRate(long timestampFrequency)
{
    private const int BitsPerByte = 8;

    private long _idleAt = long.MinValue;
    private long _remainder;

    /// <summary>When a frame offered now has left; at a rate of zero, which is none, as soon as those before it.</summary>
    public long Departure(int length, long bitsPerSecond, long now)
    {
        if (_idleAt < now)
        {
            (_idleAt, _remainder) = (now, 0);
        }

        if (bitsPerSecond > 0)
        {
            // What division leaves is carried over: a fast line's frames take fractions of a clock's tick.
            var work = (length * BitsPerByte * timestampFrequency) + _remainder;
            (var ticks, _remainder) = Math.DivRem(work, bitsPerSecond);
            _idleAt += ticks;
        }

        return _idleAt;
    }
}
