using System.Text;

namespace Broadside;

/// <summary>Names what a record is about, so that a newer one can supersede it while it is pending: a number or a text.</summary>
public readonly struct RecordKey : IEquatable<RecordKey>
{
    private readonly long _number;
    private readonly string? _text;

    /// <summary>A key that is a number.</summary>
    /// <param name="number">Any number.</param>
    public RecordKey(long number)
    {
        _number = number;
    }

    /// <summary>A key that is a text.</summary>
    /// <param name="text">Any text; compared ordinally.</param>
    public RecordKey(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _text = text;
    }

    /// <summary>A key that is bytes, such as one that came over the wire.</summary>
    /// <param name="bytes">Any bytes, compared byte for byte.</param>
    public static RecordKey FromBytes(ReadOnlySpan<byte> bytes) => new(Encoding.Latin1.GetString(bytes));

    /// <summary>A key that is a number.</summary>
    /// <param name="number">Any number.</param>
    public static implicit operator RecordKey(long number) => new(number);

    /// <summary>A key that is a text.</summary>
    /// <param name="text">Any text.</param>
    public static implicit operator RecordKey(string text) => new(text);

    /// <inheritdoc/>
    public bool Equals(RecordKey other) => _number == other._number && string.Equals(_text, other._text, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is RecordKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _text is null ? _number.GetHashCode() : string.GetHashCode(_text, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => _text ?? _number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Whether two keys are the same.</summary>
    public static bool operator ==(RecordKey left, RecordKey right) => left.Equals(right);

    /// <summary>Whether two keys differ.</summary>
    public static bool operator !=(RecordKey left, RecordKey right) => !left.Equals(right);
}
