using System.Runtime.InteropServices;

namespace Broadside.IoUring.Interop;

/// <summary>Whether rings can be used here, and if not, why: one message for each cause.</summary>
internal static unsafe class IoUringSupport
{
    private const string SysctlPath = "/proc/sys/kernel/io_uring_disabled";
    private const int ProbeEntries = 256;
    private const int ProbeHeader = 16;
    private const int ProbeEntry = 8;
    private const int ProbeFlags = 2;

    // What each needs beyond the flags of the ring itself, the newest first: the first that is missing is named.
    private static readonly (Opcode Opcode, string Kernel)[] Required =
    [
        (Opcode.InstallFile, "6.8"),
        (Opcode.SendZeroCopy, "6.0"),
        (Opcode.Command, "5.19"),
        (Opcode.Socket, "5.19"),
        (Opcode.MessageRing, "5.18"),
        (Opcode.Shutdown, "5.11"),
        (Opcode.Receive, "5.6"),
    ];

    private static readonly Lazy<string?> Checked = new(Check);

    /// <summary>Why rings cannot be used; null when they can. Found out once.</summary>
    public static string? Obstacle => Checked.Value;

    /// <summary>What the refusal of a ring means here and now.</summary>
    /// <param name="error">The error number of <c>io_uring_setup</c>.</param>
    public static string Explain(int error) => Explain(error, ReadSysctl());

    /// <summary>What the refusal of a ring means.</summary>
    /// <param name="error">The error number of <c>io_uring_setup</c>.</param>
    /// <param name="disabled">The sysctl <c>kernel.io_uring_disabled</c>; null where there is none.</param>
    public static string Explain(int error, int? disabled) => error switch
    {
        Errno.NoSystemCall => "The kernel has no io_uring, or a seccomp filter hides it (containers: allow io_uring_setup, io_uring_enter and io_uring_register).",
        Errno.NotPermitted when disabled == 2 => "The sysctl kernel.io_uring_disabled=2 forbids io_uring to everyone.",
        Errno.NotPermitted when disabled == 1 =>
            "The sysctl kernel.io_uring_disabled=1 forbids io_uring to processes without CAP_SYS_ADMIN that are not of the group kernel.io_uring_group.",
        Errno.NotPermitted or Errno.Access =>
            "A seccomp filter or security policy forbids io_uring (containers: allow io_uring_setup, io_uring_enter and io_uring_register).",
        Errno.Invalid => "The kernel is too old for rings with a single issuer and no submission array; Linux 6.8 or later is needed.",
        Errno.NoMemory => "The kernel refuses memory for a ring: raise RLIMIT_MEMLOCK (ulimit -l) or the container's memory limit.",
        Errno.TooManyFiles or Errno.FileTableFull => "There is no descriptor left for a ring: raise RLIMIT_NOFILE (ulimit -n).",
        _ => $"io_uring_setup failed with error {error} ({Errno.ToSocketError(error)}).",
    };

    /// <summary>What a missing operation means.</summary>
    /// <param name="isSupported">Whether the kernel has an operation.</param>
    /// <returns>Null when all are there.</returns>
    public static string? FindMissing(Func<Opcode, bool> isSupported)
    {
        foreach (var (opcode, kernel) in Required)
        {
            if (!isSupported(opcode))
            {
                return $"The kernel lacks the io_uring operation {opcode} (Linux {kernel}); Linux 6.8 or later is needed.";
            }
        }

        return null;
    }

    private static string? Check()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "io_uring is a facility of Linux.";
        }

        if (RuntimeInformation.ProcessArchitecture is not (Architecture.X64 or Architecture.Arm64))
        {
            return "io_uring is used on x86-64 and arm64 only.";
        }

        try
        {
            // As large as a channel's, with what that registers: a small one may be allowed where that is refused.
            using var ring = new Ring(Ring.DefaultSubmissions, Ring.DefaultCompletions);
            if (FindMissing(Probe(ring)) is { } missing)
            {
                return missing;
            }

            RegisteredFiles.Register(ring, null);
            return null;
        }
        catch (IoUringException exception)
        {
            return exception.Message;
        }
    }

    private static Func<Opcode, bool> Probe(Ring ring)
    {
        var probe = new byte[ProbeHeader + (ProbeEntries * ProbeEntry)];
        fixed (byte* pointer = probe)
        {
            var outcome = ring.Register(RegisterOperation.Probe, pointer, ProbeEntries);
            return opcode => outcome >= 0 && (probe[ProbeHeader + ((int)opcode * ProbeEntry) + ProbeFlags] & 1) != 0;
        }
    }

    private static int? ReadSysctl()
    {
        try
        {
            return int.TryParse(File.ReadAllText(SysctlPath), out var value) ? value : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
