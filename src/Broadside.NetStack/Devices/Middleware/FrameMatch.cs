namespace Broadside.NetStack.Devices;

/// <summary>Predicates that count.</summary>
internal static class FrameMatch
{
    /// <summary>True once: of the frame that is the nth, counted from 1, to match.</summary>
    public static FramePredicate Nth(int number, FramePredicate predicate) => Range(number, 1, predicate);

    /// <summary>True of so many frames in sequence that match, from the nth on, counted from 1.</summary>
    public static FramePredicate Range(int first, int count, FramePredicate predicate)
    {
        var matches = 0L;
        return frame => predicate(frame) && ++matches >= first && matches - first < count;
    }
}
