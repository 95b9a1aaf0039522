namespace Broadside.IoUring.Interop;

/// <summary>The kernel refused a ring something that it cannot do without.</summary>
internal sealed class IoUringException : IOException
{
    public IoUringException(string call, int error)
        : base($"{call} failed: error {error} ({Errno.ToSocketError(error)}).")
    {
        Error = error;
    }

    private IoUringException(int error)
        : base(IoUringSupport.Explain(error))
    {
        Error = error;
    }

    public int Error { get; }

    /// <summary>The kernel refuses a ring: the message tells what that means.</summary>
    public static IoUringException OfSetup(int error) => new(error);
}
