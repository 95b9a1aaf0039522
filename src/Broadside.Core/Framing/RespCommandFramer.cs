namespace Broadside.Framing;

/// <summary>Frames what clients send to a Redis server: arrays of bulk strings, and inline commands.</summary>
/// <remarks>
/// The reasons are the texts of Redis's own protocol errors (networking.c), without their common "Protocol error: ". Where Redis
/// would wait for the end of a line that can no longer be right, this tells at once; and it insists on the CR LF after an
/// argument, which Redis skips unseen.
/// </remarks>
internal sealed class RespCommandFramer : IncrementalFramer
{
    private const int MaximumInline = 64 * 1024;
    private const int MaximumArguments = 1024 * 1024;

    /// <summary>The shortest argument: <c>$0 CR LF CR LF</c>.</summary>
    private const int ShortestArgument = 6;

    private const string InlineTooBig = "too big inline request";
    private const string CountTooBig = "too big mbulk count string";
    private const string CountInvalid = "invalid multibulk length";
    private const string LengthTooBig = "too big bulk count string";
    private const string LengthInvalid = "invalid bulk length";

    private readonly int _maximumInline;

    public RespCommandFramer(int maximumLength)
        : base(maximumLength)
    {
        // The limit is of what comes before the line feed.
        _maximumInline = Math.Min(maximumLength - 1, MaximumInline);
    }

    protected override FrameResult Scan(ReadOnlySpan<byte> bytes, ref FramerState state)
    {
        if (state.Kind == 0 && !bytes.IsEmpty)
        {
            state.Kind = bytes[0] == '*' ? (byte)'*' : (byte)' ';
            state.Phase = bytes[0] == '*' ? FramerPhase.Length : FramerPhase.Text;
            bytes = state.Kind == '*' ? bytes[1..] : bytes;
            state.Scanned = state.Kind == '*' ? 1 : 0;
        }

        return state.Kind switch
        {
            0 => FrameResult.NeedMore(1),
            (byte)' ' => ScanInline(bytes, ref state),
            _ => ScanArray(bytes, ref state),
        };
    }

    private FrameResult ScanInline(ReadOnlySpan<byte> bytes, ref FramerState state)
    {
        var lineFeed = bytes.IndexOf((byte)'\n');
        state.Scanned += lineFeed < 0 ? bytes.Length : lineFeed;
        if (state.Scanned > _maximumInline)
        {
            return FrameResult.Invalid(InlineTooBig);
        }

        return lineFeed < 0 ? FrameResult.NeedMore(1) : FrameResult.Complete(++state.Scanned);
    }

    // FramerState.Depth is the number of arguments not read to their end.
    private FrameResult ScanArray(ReadOnlySpan<byte> bytes, ref FramerState state)
    {
        var position = 0;
        while (position < bytes.Length)
        {
            var error = state.Phase switch
            {
                FramerPhase.Start => BeginArgument(bytes[position++], ref state),
                FramerPhase.Body or FramerPhase.BodyEnd or FramerPhase.BodyLineFeed => ReadArgument(bytes, ref position, ref state),
                _ => ReadLength(bytes, ref position, ref state),
            };
            if (error is not null)
            {
                return FrameResult.Invalid(error);
            }

            if (state.Phase == FramerPhase.Start && state.Depth == 0)
            {
                break;
            }
        }

        state.Scanned += position;
        var missing = Missing(state);
        if (missing > MaximumLength - state.Scanned)
        {
            return FrameResult.Invalid(state.Kind == '*' ? CountInvalid : LengthInvalid);
        }

        return missing == 0 ? FrameResult.Complete(state.Scanned) : FrameResult.NeedMore((int)missing);
    }

    private static string? BeginArgument(byte kind, ref FramerState state)
    {
        state.Kind = kind;
        state.Phase = FramerPhase.Length;
        return kind == '$' ? null : $"expected '$', got '{Printable(kind)}'";
    }

    // The text may be sent on as one line.
    private static char Printable(byte value) => char.IsControl((char)value) ? ' ' : (char)value;

    private static string? ReadLength(ReadOnlySpan<byte> bytes, ref int position, ref FramerState state)
    {
        var isCount = state.Kind == '*';
        switch (RespLength.Read(bytes, ref position, ref state))
        {
            case RespLengthStatus.Unfinished:
                return null;
            case RespLengthStatus.Malformed:
                return isCount ? CountInvalid : LengthInvalid;
            case RespLengthStatus.TooManyDigits:
                return isCount ? CountTooBig : LengthTooBig;
        }

        if (isCount)
        {
            // A count of zero or less is a command of nothing.
            state.Phase = FramerPhase.Start;
            state.Depth = (int)Math.Clamp(state.Pending, 0, MaximumArguments);
            return state.Pending > MaximumArguments ? CountInvalid : null;
        }

        state.Phase = FramerPhase.Body;
        return state.Pending < 0 ? LengthInvalid : null;
    }

    private static string? ReadArgument(ReadOnlySpan<byte> bytes, ref int position, ref FramerState state)
    {
        if (!RespBody.TryPass(bytes, ref position, ref state))
        {
            return LengthInvalid;
        }

        state.Depth -= state.Phase == FramerPhase.Start ? 1 : 0;
        return null;
    }

    private static long Missing(in FramerState state) => state.Phase switch
    {
        FramerPhase.Start => (long)state.Depth * ShortestArgument,
        FramerPhase.Body or FramerPhase.BodyEnd or FramerPhase.BodyLineFeed =>
            RespBody.Missing(state) + ((state.Depth - 1L) * ShortestArgument),
        _ when state.Kind == '*' => RespLength.Missing(state.Phase),
        _ => RespLength.Missing(state.Phase) + RespBody.Terminator + ((state.Depth - 1L) * ShortestArgument),
    };
}
