namespace Broadside.Framing;

/// <summary>Frames the values of RESP2 and RESP3: each record is one whole value, however deep.</summary>
/// <remarks>
/// See the Redis serialization protocol specification. What a line holds is left to whoever parses the record; its boundaries,
/// lengths, counts and nesting are checked here.
/// </remarks>
internal sealed class RespFramer : IncrementalFramer
{
    /// <summary>The shortest value: a type byte, CR LF.</summary>
    private const int ShortestValue = 3;

    private const string UnknownType = "no RESP value begins with this byte";
    private const string Streamed = "streamed strings and aggregates are not supported";
    private const string MalformedLength = "the length of a RESP value is not a number";
    private const string NegativeLength = "the length of a RESP value is negative";
    private const string MalformedLine = "a RESP line does not end with CR LF";
    private const string MalformedBody = "a RESP bulk value is not followed by CR LF";
    private const string TooDeep = "a RESP value is nested too deeply";

    private readonly int _maximumElements;
    private readonly string _tooManyElements;

    public RespFramer(int maximumLength, int maximumElements)
        : base(maximumLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maximumElements);
        _maximumElements = Math.Min(maximumElements, maximumLength / ShortestValue);
        _tooManyElements = $"a RESP aggregate has more than {_maximumElements} elements";
    }

    protected override FrameResult Scan(ReadOnlySpan<byte> bytes, ref FramerState state)
    {
        var position = 0;
        while (position < bytes.Length)
        {
            var error = state.Phase switch
            {
                FramerPhase.Start => BeginValue(bytes[position++], ref state),
                FramerPhase.Text or FramerPhase.TextLineFeed => ReadText(bytes, ref position, ref state),
                FramerPhase.Body or FramerPhase.BodyEnd or FramerPhase.BodyLineFeed => ReadBody(bytes, ref position, ref state),
                _ => ReadLength(bytes, ref position, ref state),
            };
            if (error is not null)
            {
                return FrameResult.Invalid(error);
            }

            if (state.Phase == FramerPhase.Start && state.Depth == 0)
            {
                state.Scanned += position;
                return Complete(state);
            }
        }

        state.Scanned += position;
        return NeedMore(Missing(state), state);
    }

    private static string? BeginValue(byte kind, ref FramerState state)
    {
        state.Kind = kind;
        switch (kind)
        {
            case (byte)'+' or (byte)'-' or (byte)':' or (byte)'_' or (byte)'#' or (byte)',' or (byte)'(':
                state.Phase = FramerPhase.Text;
                return null;
            case (byte)'$' or (byte)'!' or (byte)'=' or (byte)'*' or (byte)'~' or (byte)'>' or (byte)'%' or (byte)'|':
                state.Phase = FramerPhase.Length;
                return null;
            default:
                return UnknownType;
        }
    }

    private static string? ReadText(ReadOnlySpan<byte> bytes, ref int position, ref FramerState state)
    {
        if (state.Phase == FramerPhase.Text)
        {
            var end = bytes[position..].IndexOfAny((byte)'\r', (byte)'\n');
            if (end < 0)
            {
                position = bytes.Length;
                return null;
            }

            position += end;
            if (bytes[position++] != '\r')
            {
                return MalformedLine;
            }

            state.Phase = FramerPhase.TextLineFeed;
            if (position == bytes.Length)
            {
                return null;
            }
        }

        if (bytes[position++] != '\n')
        {
            return MalformedLine;
        }

        EndValue(ref state);
        return null;
    }

    private static string? ReadBody(ReadOnlySpan<byte> bytes, ref int position, ref FramerState state)
    {
        if (!RespBody.TryPass(bytes, ref position, ref state))
        {
            return MalformedBody;
        }

        if (state.Phase == FramerPhase.Start)
        {
            EndValue(ref state);
        }

        return null;
    }

    private string? ReadLength(ReadOnlySpan<byte> bytes, ref int position, ref FramerState state)
    {
        switch (RespLength.Read(bytes, ref position, ref state))
        {
            case RespLengthStatus.Unfinished:
                return null;
            case RespLengthStatus.Whole:
                return state.Kind is (byte)'$' or (byte)'!' or (byte)'=' ? BeginBody(ref state) : BeginContainer(ref state);
            default:
                return state.Phase == FramerPhase.Length && bytes[position] == '?' ? Streamed : MalformedLength;
        }
    }

    private static string? BeginBody(ref FramerState state)
    {
        if (state.Pending < 0)
        {
            return EndNull((byte)'$', ref state);
        }

        state.Phase = FramerPhase.Body;
        return null;
    }

    private string? BeginContainer(ref FramerState state)
    {
        if (state.Pending < 0)
        {
            return EndNull((byte)'*', ref state);
        }

        if (state.Pending > _maximumElements)
        {
            return _tooManyElements;
        }

        // An attribute's pairs are followed by the value they are about, and belong to it: one container holds all.
        var count = state.Kind switch
        {
            (byte)'%' => 2 * state.Pending,
            (byte)'|' => (2 * state.Pending) + 1,
            _ => state.Pending,
        };
        if (count == 0)
        {
            EndValue(ref state);
            return null;
        }

        if (state.Depth == FramerState.ContainerCounts.Capacity)
        {
            return TooDeep;
        }

        state.Containers[state.Depth++] = (int)count;
        state.Phase = FramerPhase.Start;
        return null;
    }

    // RESP2 has null as a bulk string or an array of length -1; nothing else may be negative.
    private static string? EndNull(byte kind, ref FramerState state)
    {
        if (state.Kind != kind || state.Pending != -1)
        {
            return NegativeLength;
        }

        EndValue(ref state);
        return null;
    }

    // A value that ends may be the last of its container, which then ends too, and so on outwards.
    private static void EndValue(ref FramerState state)
    {
        state.Phase = FramerPhase.Start;
        while (state.Depth > 0 && --state.Containers[state.Depth - 1] == 0)
        {
            state.Depth--;
        }
    }

    private static long Missing(in FramerState state)
    {
        var current = state.Phase switch
        {
            FramerPhase.Start => ShortestValue,
            FramerPhase.Text => 2,
            FramerPhase.TextLineFeed => 1,
            FramerPhase.Body or FramerPhase.BodyEnd or FramerPhase.BodyLineFeed => RespBody.Missing(state),
            _ => RespLength.Missing(state.Phase),
        };

        // Each container counts the value that is being read in it, or is about to be.
        var others = 0L;
        for (var level = 0; level < state.Depth; level++)
        {
            others += state.Containers[level] - 1;
        }

        return current + (others * ShortestValue);
    }
}
