namespace Broadside;

/// <summary>How urgent a record is: 0 (most) to 7 (least). Strict: at each record boundary the most urgent pending record is bound next.</summary>
/// <remarks><c>default</c> is <see cref="Normal"/>.</remarks>
public readonly struct RecordPriority : IEquatable<RecordPriority>, IComparable<RecordPriority>
{
    /// <summary>How many priorities there are.</summary>
    public const int Count = 8;

    private const byte NormalValue = 4;

    // Stored relative to Normal, so that default(RecordPriority) is Normal.
    private readonly byte _relative;

    /// <summary>Creates a priority.</summary>
    /// <param name="value">0 (most urgent) to 7 (least).</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside 0 to 7.</exception>
    public RecordPriority(int value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(value, Count);
        _relative = (byte)(value ^ NormalValue);
    }

    /// <summary>Priority 0: overtakes everything pending.</summary>
    public static RecordPriority Urgent => new(0);

    /// <summary>Priority 4, the default.</summary>
    public static RecordPriority Normal => default;

    /// <summary>Priority 7: goes when nothing else is pending.</summary>
    public static RecordPriority Bulk => new(Count - 1);

    /// <summary>0 (most urgent) to 7 (least).</summary>
    public int Value => _relative ^ NormalValue;

    /// <inheritdoc/>
    public bool Equals(RecordPriority other) => _relative == other._relative;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is RecordPriority other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value;

    /// <summary>Orders the more urgent first.</summary>
    /// <param name="other">The priority to compare with.</param>
    public int CompareTo(RecordPriority other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Whether two priorities are the same.</summary>
    public static bool operator ==(RecordPriority left, RecordPriority right) => left.Equals(right);

    /// <summary>Whether two priorities differ.</summary>
    public static bool operator !=(RecordPriority left, RecordPriority right) => !left.Equals(right);

    /// <summary>Whether <paramref name="left"/> is more urgent.</summary>
    public static bool operator <(RecordPriority left, RecordPriority right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> is less urgent.</summary>
    public static bool operator >(RecordPriority left, RecordPriority right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> is at least as urgent.</summary>
    public static bool operator <=(RecordPriority left, RecordPriority right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> is at most as urgent.</summary>
    public static bool operator >=(RecordPriority left, RecordPriority right) => left.Value >= right.Value;
}
