using System.Diagnostics;

namespace Broadside;

/// <summary>What a framer found.</summary>
public readonly struct FrameResult
{
    private FrameResult(FrameStatus status, int count, string? reason)
    {
        Status = status;
        Count = count;
        Reason = reason;
    }

    /// <summary>Which of the three outcomes.</summary>
    public FrameStatus Status { get; }

    /// <summary>Complete: the record's length in bytes. NeedMore: how many bytes beyond those given are needed at least.</summary>
    public int Count { get; }

    /// <summary>Invalid: what is wrong, for the log and, where the protocol has errors, for the peer.</summary>
    public string? Reason { get; }

    /// <summary>The record ends after <paramref name="length"/> bytes.</summary>
    /// <param name="length">1 to the number of bytes given.</param>
    public static FrameResult Complete(int length)
    {
        Debug.Assert(length > 0);
        return new FrameResult(FrameStatus.Complete, length, null);
    }

    /// <summary>
    /// The record does not end within the bytes given; at least <paramref name="atLeast"/> more belong to it. A large number lets
    /// them be received straight into the record's own memory.
    /// </summary>
    /// <param name="atLeast">At least 1, and never beyond the record's end.</param>
    public static FrameResult NeedMore(int atLeast)
    {
        Debug.Assert(atLeast > 0);
        return new FrameResult(FrameStatus.NeedMore, atLeast, null);
    }

    /// <summary>The bytes cannot become a record; the connection is closed.</summary>
    /// <param name="reason">What is wrong.</param>
    public static FrameResult Invalid(string reason) => new(FrameStatus.Invalid, 0, reason);
}

/// <summary>The outcomes of looking for a record's end.</summary>
public enum FrameStatus
{
    /// <summary>The record ends within the bytes given.</summary>
    Complete,

    /// <summary>The record goes on beyond the bytes given.</summary>
    NeedMore,

    /// <summary>The bytes cannot become a record.</summary>
    Invalid,
}
