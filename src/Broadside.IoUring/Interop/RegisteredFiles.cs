namespace Broadside.IoUring.Interop;

/// <summary>
/// A ring's table of direct descriptors: files that only the ring knows, so that opening and closing them touches nothing the
/// process shares. The kernel hands out the places.
/// </summary>
internal static unsafe class RegisteredFiles
{
    // The kernel takes up to a million; each place costs 8 bytes.
    private const int Maximum = 1 << 18;

    /// <summary>Makes the table, as large as the process may have descriptors, which is the kernel's own limit for it.</summary>
    /// <param name="ring">The ring.</param>
    /// <param name="wanted">The most places wanted; null for all there may be.</param>
    /// <returns>How many there are.</returns>
    /// <exception cref="IoUringException">The kernel refuses.</exception>
    public static int Register(Ring ring, int? wanted)
    {
        var allowed = SystemCalls.GetLimit(SystemCalls.LimitOfFiles, out var limit) < 0 ? 1024 : limit.Current;
        var count = (uint)Math.Min(allowed, (ulong)Math.Min(wanted ?? Maximum, Maximum));
        var registration = new ResourceRegistration { Count = count, Flags = ResourceRegistration.Sparse };
        var outcome = ring.Register(RegisterOperation.Files2, &registration, (uint)sizeof(ResourceRegistration));
        return outcome < 0 ? throw new IoUringException("io_uring_register", -outcome) : (int)count;
    }
}
