namespace Broadside.NetStack.Wire;

/// <summary>
/// A sequence number, which counts modulo 2^32 (RFC 9293 section 3.4): one is less than another if the way up to it is shorter than
/// the way down. That is no order of all numbers, only of those within half the space.
/// </summary>
internal readonly record struct SequenceNumber(uint Value)
{
    public static SequenceNumber operator +(SequenceNumber number, int count) => new(number.Value + (uint)count);

    public static SequenceNumber operator -(SequenceNumber number, int count) => new(number.Value - (uint)count);

    /// <summary>How far <paramref name="left"/> is ahead; negative if it is behind.</summary>
    public static int operator -(SequenceNumber left, SequenceNumber right) => (int)(left.Value - right.Value);

    public static bool operator <(SequenceNumber left, SequenceNumber right) => left - right < 0;

    public static bool operator >(SequenceNumber left, SequenceNumber right) => left - right > 0;

    public static bool operator <=(SequenceNumber left, SequenceNumber right) => left - right <= 0;

    public static bool operator >=(SequenceNumber left, SequenceNumber right) => left - right >= 0;

    public static SequenceNumber Max(SequenceNumber left, SequenceNumber right) => left > right ? left : right;

    public static SequenceNumber Min(SequenceNumber left, SequenceNumber right) => left < right ? left : right;

    /// <summary>Whether it is one of the <paramref name="length"/> numbers that begin with <paramref name="start"/>.</summary>
    public bool IsWithin(SequenceNumber start, uint length) => Value - start.Value < length;

    public override string ToString() => Value.ToString();
}
