namespace Broadside.Framing;

/// <summary>Passes over the <see cref="FramerState.Pending"/> bytes of a RESP bulk string and the CR LF that must follow them.</summary>
internal static class RespBody
{
    /// <summary>CR LF.</summary>
    public const int Terminator = 2;

    /// <summary>Returns false where the body does not end where it was said to.</summary>
    public static bool TryPass(ReadOnlySpan<byte> bytes, ref int position, ref FramerState state)
    {
        if (state.Phase == FramerPhase.Body && bytes.Length - position >= state.Pending + Terminator)
        {
            position += (int)state.Pending + Terminator;
            state.Phase = FramerPhase.Start;
            return bytes[position - 2] == '\r' && bytes[position - 1] == '\n';
        }

        var passed = (int)Math.Min(state.Pending, bytes.Length - position);
        position += passed;
        state.Pending -= passed;
        if (state.Pending == 0 && state.Phase == FramerPhase.Body && position < bytes.Length)
        {
            state.Phase = FramerPhase.BodyEnd;
        }

        if (state.Phase == FramerPhase.BodyEnd && position < bytes.Length)
        {
            if (bytes[position++] != '\r')
            {
                return false;
            }

            state.Phase = FramerPhase.BodyLineFeed;
        }

        if (state.Phase == FramerPhase.BodyLineFeed && position < bytes.Length)
        {
            state.Phase = FramerPhase.Start;
            return bytes[position++] == '\n';
        }

        return true;
    }

    /// <summary>How many bytes of body and terminator must follow.</summary>
    public static long Missing(in FramerState state) => state.Phase == FramerPhase.BodyLineFeed ? 1 : state.Pending + Terminator;
}
