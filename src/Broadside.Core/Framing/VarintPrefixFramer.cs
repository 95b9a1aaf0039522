namespace Broadside.Framing;

/// <summary>Records that begin with their length as a protobuf varint: seven bits a byte, the least significant first.</summary>
internal sealed class VarintPrefixFramer(bool lengthIncludesPrefix, int maximumLength) : IncrementalFramer(maximumLength)
{
    /// <summary>Ten bytes of seven bits hold 64; see "Base 128 Varints" in the protobuf encoding guide.</summary>
    private const int MaximumPrefix = 10;

    private const string PrefixTooLong = "the length is a varint of more than 64 bits";
    private const string ShorterThanPrefix = "the length, which counts its own bytes, is shorter than they are";

    protected override FrameResult Scan(ReadOnlySpan<byte> bytes, ref FramerState state)
    {
        var position = 0;
        while (state.Phase == FramerPhase.Start)
        {
            if (position == bytes.Length)
            {
                return NeedMore(1, state);
            }

            var next = bytes[position++];
            if (state.Scanned == MaximumPrefix - 1 && next > 1)
            {
                return FrameResult.Invalid(PrefixTooLong);
            }

            state.Pending |= (long)(next & 0x7F) << (7 * state.Scanned);
            state.Scanned++;

            // What is known of the length so far only grows; as unsigned, since bit 63 may be set.
            if ((ulong)state.Pending > (ulong)MaximumLength)
            {
                return TooLong();
            }

            if ((next & 0x80) == 0)
            {
                state.Phase = FramerPhase.Body;
                state.Pending += lengthIncludesPrefix ? 0 : state.Scanned;
                if (state.Pending < state.Scanned)
                {
                    return FrameResult.Invalid(ShorterThanPrefix);
                }
            }
        }

        return ScanTo(state.Pending, bytes.Length - position, ref state);
    }
}
