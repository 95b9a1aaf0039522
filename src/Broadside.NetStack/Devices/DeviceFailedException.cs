namespace Broadside.NetStack;

/// <summary>A device cannot be opened, or is gone for good; the message says what is missing and how to mend it.</summary>
public sealed class DeviceFailedException : IOException
{
    /// <summary>Creates the exception.</summary>
    public DeviceFailedException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong and how to mend it.</param>
    public DeviceFailedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong and how to mend it.</param>
    /// <param name="innerException">What went wrong.</param>
    public DeviceFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
