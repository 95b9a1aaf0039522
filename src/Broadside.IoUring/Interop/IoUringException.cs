namespace Broadside.IoUring.Interop;

/// <summary>The kernel refused a ring something that it cannot do without.</summary>
internal sealed class IoUringException(string call, int error)
    : IOException($"{call} failed: error {error} ({Errno.ToSocketError(error)}).")
{
    public int Error { get; } = error;
}
