namespace Broadside;

/// <summary>An <see cref="Arena"/> had no room for an extent and its limit forbids another block.</summary>
/// <remarks>
/// Nothing else is affected: what is already queued stays queued. Free records, wait with
/// <see cref="Arena.AllocateAsync(int, CancellationToken)"/>, or raise <see cref="ArenaOptions.MaximumBytes"/>.
/// </remarks>
public sealed class ArenaExhaustedException : Exception
{
    /// <summary>Creates the exception with a message of its own.</summary>
    /// <param name="message">What was asked for and what the limit is.</param>
    public ArenaExhaustedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a default message.</summary>
    public ArenaExhaustedException()
        : this("The arena is exhausted.")
    {
    }

    /// <summary>Creates the exception with a message and a cause.</summary>
    /// <param name="message">What was asked for and what the limit is.</param>
    /// <param name="innerException">The cause.</param>
    public ArenaExhaustedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
