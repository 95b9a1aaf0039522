namespace Broadside.Framing;

/// <summary>Records that begin with their length as an unsigned integer of 1, 2, 4 or 8 bytes.</summary>
internal sealed class LengthPrefixFramer : IncrementalFramer
{
    private const string ShorterThanPrefix = "the length, which counts its own bytes, is shorter than they are";

    private readonly int _prefixBytes;
    private readonly bool _littleEndian;
    private readonly bool _lengthIncludesPrefix;

    public LengthPrefixFramer(int prefixBytes, bool littleEndian, bool lengthIncludesPrefix, int maximumLength)
        : base(maximumLength)
    {
        if (prefixBytes is not (1 or 2 or 4 or 8))
        {
            throw new ArgumentOutOfRangeException(nameof(prefixBytes), prefixBytes, "A length prefix has 1, 2, 4 or 8 bytes.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(maximumLength, prefixBytes);
        _prefixBytes = prefixBytes;
        _littleEndian = littleEndian;
        _lengthIncludesPrefix = lengthIncludesPrefix;
    }

    protected override FrameResult Scan(ReadOnlySpan<byte> bytes, ref FramerState state)
    {
        var position = 0;
        while (state.Scanned < _prefixBytes)
        {
            if (position == bytes.Length)
            {
                return FrameResult.NeedMore(_prefixBytes - state.Scanned);
            }

            long next = bytes[position++];
            state.Pending = _littleEndian ? state.Pending | (next << (8 * state.Scanned)) : (state.Pending << 8) | next;
            state.Scanned++;
        }

        // Compared as unsigned: an 8-byte length with its top bit set is a large one.
        if ((ulong)state.Pending > (ulong)MaximumLength)
        {
            return TooLong();
        }

        var length = _lengthIncludesPrefix ? state.Pending : state.Pending + _prefixBytes;
        return length < _prefixBytes
            ? FrameResult.Invalid(ShorterThanPrefix)
            : ScanTo(length, bytes.Length - position, ref state);
    }
}
