namespace Broadside;

/// <summary>A group under <see cref="SlowMemberPolicy.Wait"/> holds as much as it may. Nothing was sent: use <c>SendAsync</c> to wait, or <c>TrySend</c> to be told.</summary>
public sealed class GroupFullException : InvalidOperationException
{
    /// <summary>Creates the exception with a default message.</summary>
    public GroupFullException()
        : base("A member lags as far as the group allows, and the group's policy is to wait: use SendAsync, or TrySend.")
    {
    }

    /// <summary>Creates the exception with a message of its own.</summary>
    /// <param name="message">What is full.</param>
    public GroupFullException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and a cause.</summary>
    /// <param name="message">What is full.</param>
    /// <param name="innerException">The cause.</param>
    public GroupFullException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
