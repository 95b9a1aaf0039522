namespace Broadside.Framing;

/// <summary>Records that end with a delimiter.</summary>
/// <remarks>
/// Whole delimiters are found by vectorised search. Only where a receive ends within what may be one does the algorithm of
/// Knuth, Morris and Pratt take over: it knows from the number of bytes matched what a further byte makes of them, so nothing
/// need be looked at again.
/// </remarks>
internal sealed class DelimiterFramer : IncrementalFramer
{
    private readonly byte[] _delimiter;
    private readonly byte[] _fallback;

    public DelimiterFramer(ReadOnlySpan<byte> delimiter, int maximumLength)
        : base(maximumLength)
    {
        if (delimiter.IsEmpty || delimiter.Length > Framers.MaximumDelimiter)
        {
            throw new ArgumentException($"A delimiter has 1 to {Framers.MaximumDelimiter} bytes.", nameof(delimiter));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(maximumLength, delimiter.Length);
        _delimiter = delimiter.ToArray();
        _fallback = Fallbacks(delimiter);
    }

    // FramerState.Depth is the number of the delimiter's bytes with which the scanned ones end.
    protected override FrameResult Scan(ReadOnlySpan<byte> bytes, ref FramerState state)
    {
        var end = FindEnd(bytes, ref state);
        if (end >= 0)
        {
            state.Scanned += end;
            return Complete(state);
        }

        state.Scanned += bytes.Length;
        return NeedMore(_delimiter.Length - state.Depth, state);
    }

    // Where the first delimiter ends, or -1.
    private int FindEnd(ReadOnlySpan<byte> bytes, ref FramerState state)
    {
        var position = 0;
        if (state.Depth > 0 && Match(bytes, ref position, stopAtMismatch: true, ref state))
        {
            return position;
        }

        var found = bytes[position..].IndexOf(_delimiter);
        if (found >= 0)
        {
            return position + found + _delimiter.Length;
        }

        // No whole one: what remains to be known is how much of one the bytes end with.
        position = Math.Max(position, bytes.Length - (_delimiter.Length - 1));
        Match(bytes, ref position, stopAtMismatch: false, ref state);
        return -1;
    }

    private bool Match(ReadOnlySpan<byte> bytes, ref int position, bool stopAtMismatch, ref FramerState state)
    {
        var matched = state.Depth;
        while (position < bytes.Length && matched < _delimiter.Length)
        {
            var next = bytes[position++];
            while (matched > 0 && _delimiter[matched] != next)
            {
                matched = _fallback[matched - 1];
            }

            matched += _delimiter[matched] == next ? 1 : 0;
            if (stopAtMismatch && matched == 0)
            {
                break;
            }
        }

        state.Depth = matched;
        return matched == _delimiter.Length;
    }

    // For each prefix of the delimiter, the length of the longest shorter prefix that it also ends with.
    private static byte[] Fallbacks(ReadOnlySpan<byte> delimiter)
    {
        var fallback = new byte[delimiter.Length];
        byte matched = 0;
        for (var index = 1; index < delimiter.Length; index++)
        {
            while (matched > 0 && delimiter[matched] != delimiter[index])
            {
                matched = fallback[matched - 1];
            }

            matched += (byte)(delimiter[matched] == delimiter[index] ? 1 : 0);
            fallback[index] = matched;
        }

        return fallback;
    }
}
