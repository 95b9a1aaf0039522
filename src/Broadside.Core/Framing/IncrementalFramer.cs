using System.Buffers;

namespace Broadside.Framing;

/// <summary>
/// A framer that reads every byte once and keeps what it learnt in the state, so that it matters neither where the stream is cut
/// into receives nor where a receive is cut into segments.
/// </summary>
internal abstract class IncrementalFramer : IRecordFramer
{
    private readonly string _tooLong;

    protected IncrementalFramer(int maximumLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maximumLength);
        MaximumLength = maximumLength;
        _tooLong = $"the record is longer than {maximumLength} bytes";
    }

    public int MaximumLength { get; }

    public FrameResult TryFrame(in ReadOnlySequence<byte> bytes, ref FramerState state)
    {
        return bytes.IsSingleSegment
            ? Scan(bytes.FirstSpan[state.Scanned..], ref state)
            : ScanSegments(bytes.Slice(state.Scanned), ref state);
    }

    /// <summary>Reads on where the last call ended.</summary>
    /// <param name="bytes">The bytes not scanned yet; perhaps none.</param>
    /// <param name="state">What is known of the record; <see cref="FramerState.Scanned"/> grows by what is read.</param>
    protected abstract FrameResult Scan(ReadOnlySpan<byte> bytes, ref FramerState state);

    protected FrameResult TooLong() => FrameResult.Invalid(_tooLong);

    /// <summary>The outcome for a record that goes on for at least <paramref name="atLeast"/> bytes after those scanned.</summary>
    protected FrameResult NeedMore(long atLeast, in FramerState state)
    {
        return atLeast > MaximumLength - state.Scanned ? TooLong() : FrameResult.NeedMore((int)atLeast);
    }

    /// <summary>The outcome for a record that ends with the last byte scanned.</summary>
    protected FrameResult Complete(in FramerState state)
    {
        return state.Scanned > MaximumLength ? TooLong() : FrameResult.Complete(state.Scanned);
    }

    /// <summary>The outcome for a record whose length is known, when <paramref name="available"/> bytes follow those scanned.</summary>
    protected FrameResult ScanTo(long length, int available, ref FramerState state)
    {
        if (length > MaximumLength)
        {
            return TooLong();
        }

        var missing = (int)length - state.Scanned;
        state.Scanned += Math.Min(missing, available);
        return missing <= available ? FrameResult.Complete((int)length) : FrameResult.NeedMore(missing - available);
    }

    private FrameResult ScanSegments(in ReadOnlySequence<byte> unscanned, ref FramerState state)
    {
        var result = Scan(default, ref state);
        foreach (var segment in unscanned)
        {
            result = Scan(segment.Span, ref state);
            if (result.Status != FrameStatus.NeedMore)
            {
                break;
            }
        }

        return result;
    }
}
