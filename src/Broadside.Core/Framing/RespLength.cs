namespace Broadside.Framing;

/// <summary>
/// Reads the decimal number and CR LF that end a RESP length line, a byte at a time, so that a cut anywhere does no harm. The
/// number is left in <see cref="FramerState.Pending"/>.
/// </summary>
/// <remarks>As strict as Redis (string2ll in util.c): an optional minus sign, no plus sign, no leading zero, no space.</remarks>
internal static class RespLength
{
    /// <summary>No number with more digits than this is read: a further one might not fit 64 bits.</summary>
    private const long ReadableLimit = 100_000_000_000_000_000;

    /// <summary>A number of so many digits fits an int.</summary>
    private const int UsualDigits = 9;

    public static RespLengthStatus Read(ReadOnlySpan<byte> bytes, ref int position, ref FramerState state)
    {
        if (state.Phase == FramerPhase.Length && TryReadUsual(bytes, ref position, ref state))
        {
            return RespLengthStatus.Whole;
        }

        while (position < bytes.Length)
        {
            var next = bytes[position];
            var status = state.Phase switch
            {
                FramerPhase.Length => ReadFirst(next, ref state),
                FramerPhase.NegativeLength => ReadFirstNegative(next, ref state),
                FramerPhase.LengthDigits => ReadDigit(next, ref state),
                FramerPhase.LengthEnd => ReadEnd(next, ref state),
                _ => next == '\n' ? RespLengthStatus.Whole : RespLengthStatus.Malformed,
            };
            if (status is RespLengthStatus.Malformed or RespLengthStatus.TooManyDigits)
            {
                return status;
            }

            position++;
            if (status == RespLengthStatus.Whole)
            {
                return status;
            }
        }

        return RespLengthStatus.Unfinished;
    }

    /// <summary>How many bytes of the line must follow at least.</summary>
    public static int Missing(FramerPhase phase) => phase switch
    {
        FramerPhase.Length or FramerPhase.NegativeLength => 3,
        FramerPhase.LengthDigits or FramerPhase.LengthEnd => 2,
        _ => 1,
    };

    // The usual case by a plain loop: all of the line is there, and its number is positive and no longer than most.
    private static bool TryReadUsual(ReadOnlySpan<byte> bytes, ref int position, ref FramerState state)
    {
        var line = bytes[position..];
        var number = 0;
        for (var index = 0; index < Math.Min(line.Length - 1, UsualDigits + 1); index++)
        {
            var digit = line[index] - '0';
            if ((uint)digit <= 9 && index < UsualDigits && (digit | index) != 0)
            {
                number = (number * 10) + digit;
                continue;
            }

            if (index == 0 || line[index] != '\r' || line[index + 1] != '\n')
            {
                return false;
            }

            state.Pending = number;
            position += index + 2;
            return true;
        }

        return false;
    }

    private static RespLengthStatus ReadFirst(byte next, ref FramerState state)
    {
        if (!char.IsAsciiDigit((char)next) && next != '-')
        {
            return RespLengthStatus.Malformed;
        }

        state.Pending = next == '-' ? 0 : next - '0';
        state.Phase = next switch
        {
            (byte)'-' => FramerPhase.NegativeLength,
            (byte)'0' => FramerPhase.LengthEnd,
            _ => FramerPhase.LengthDigits,
        };
        return RespLengthStatus.Unfinished;
    }

    private static RespLengthStatus ReadFirstNegative(byte next, ref FramerState state)
    {
        if (next is < (byte)'1' or > (byte)'9')
        {
            return RespLengthStatus.Malformed;
        }

        state.Pending = '0' - next;
        state.Phase = FramerPhase.LengthDigits;
        return RespLengthStatus.Unfinished;
    }

    private static RespLengthStatus ReadDigit(byte next, ref FramerState state)
    {
        if (!char.IsAsciiDigit((char)next))
        {
            return ReadEnd(next, ref state);
        }

        if (Math.Abs(state.Pending) >= ReadableLimit)
        {
            return RespLengthStatus.TooManyDigits;
        }

        var digit = next - '0';
        state.Pending = (state.Pending * 10) + (state.Pending < 0 ? -digit : digit);
        return RespLengthStatus.Unfinished;
    }

    private static RespLengthStatus ReadEnd(byte next, ref FramerState state)
    {
        state.Phase = FramerPhase.LengthLineFeed;
        return next == '\r' ? RespLengthStatus.Unfinished : RespLengthStatus.Malformed;
    }
}

/// <summary>How far a length line has been read.</summary>
internal enum RespLengthStatus
{
    /// <summary>More of the line is to come.</summary>
    Unfinished,

    /// <summary>The line was read to its end.</summary>
    Whole,

    /// <summary>The line is no length.</summary>
    Malformed,

    /// <summary>The length has more digits than any that could be meant.</summary>
    TooManyDigits,
}
