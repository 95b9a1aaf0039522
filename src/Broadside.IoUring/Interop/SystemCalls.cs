using System.Runtime.InteropServices;

namespace Broadside.IoUring.Interop;

/// <summary>The system calls in use. Each returns a negative error number where it fails.</summary>
internal static unsafe partial class SystemCalls
{
    public const int ProtectRead = 1;
    public const int ProtectWrite = 2;
    public const int MapShared = 1;
    public const int MapPrivate = 2;
    public const int MapAnonymous = 0x20;
    public const int MapPopulate = 0x8000;
    public const int LimitOfFileSize = 1;
    public const int LimitOfFiles = 7;
    public const int ShutdownSending = 1;
    public const int ShutdownBoth = 2;
    public const int CloseOnExec = 0x80000;

    // The same on every architecture, as for all calls added since Linux 5.1.
    private const nint SetupNumber = 425;
    private const nint EnterNumber = 426;
    private const nint RegisterNumber = 427;

    public static int Setup(uint entries, ref RingParameters parameters)
    {
        fixed (RingParameters* pointer = &parameters)
        {
            return Outcome(Call(SetupNumber, (nint)entries, (nint)pointer, 0, 0, 0, 0));
        }
    }

    public static int Enter(int ring, uint submit, uint complete, EnterFlags flags, void* argument, nint size) =>
        Outcome(Call(EnterNumber, ring, (nint)submit, (nint)complete, (nint)(uint)flags, (nint)argument, size));

    public static int Register(int ring, RegisterOperation operation, void* argument, uint count) =>
        Outcome(Call(RegisterNumber, ring, (nint)(uint)operation, (nint)argument, (nint)count, 0, 0));

    /// <summary>Maps memory; null where that fails.</summary>
    public static byte* Map(nuint length, int flags, int file, long offset)
    {
        var address = MapMemory(null, length, ProtectRead | ProtectWrite, flags, file, offset);
        return (nint)address == -1 ? null : (byte*)address;
    }

    public static void Unmap(void* address, nuint length) => _ = UnmapMemory(address, length);

    public static int Close(int file) => Outcome(CloseFile(file));

    public static int Socket(int family, int type, int protocol) => Outcome(OpenSocket(family, type | CloseOnExec, protocol));

    public static int Bind(int socket, ReadOnlySpan<byte> address)
    {
        fixed (byte* pointer = address)
        {
            return Outcome(BindSocket(socket, pointer, (uint)address.Length));
        }
    }

    public static int Listen(int socket, int backlog) => Outcome(ListenOn(socket, backlog));

    public static int Shutdown(int socket, int how) => Outcome(ShutDownSocket(socket, how));

    public static int SetOption(int socket, int level, int name, int value) => SetOption(socket, level, name, &value, sizeof(int));

    public static int SetOption(int socket, int level, int name, void* value, int length) =>
        Outcome(SetSocketOption(socket, level, name, value, (uint)length));

    /// <summary>The address a socket is bound to, written to <paramref name="address"/>; its length.</summary>
    public static int GetName(int socket, Span<byte> address)
    {
        var length = (uint)address.Length;
        fixed (byte* pointer = address)
        {
            var outcome = Outcome(GetSocketName(socket, pointer, &length));
            return outcome < 0 ? outcome : (int)Math.Min(length, (uint)address.Length);
        }
    }

    public static int SendTo(int socket, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> to)
    {
        fixed (byte* pointer = bytes, address = to)
        {
            const int Flags = (int)(MessageFlags.DontWait | MessageFlags.NoSignal);
            return Outcome(SendDatagram(socket, pointer, (nuint)bytes.Length, Flags, address, (uint)to.Length));
        }
    }

    public static int CreateEvent() => Outcome(EventFile(0, CloseOnExec));

    public static int GetLimit(int resource, out ResourceLimit limit) => Outcome(GetResourceLimit(resource, out limit));

    /// <summary>Keeps the calling thread on a processor. A preference: one that the process may not use is ignored.</summary>
    public static void PinThread(int processor)
    {
        const int MaximumProcessors = 1024;
        if (processor is >= 0 and < MaximumProcessors)
        {
            var mask = stackalloc byte[MaximumProcessors / 8];
            new Span<byte>(mask, MaximumProcessors / 8).Clear();
            mask[processor / 8] = (byte)(1 << (processor % 8));
            _ = SetAffinity(0, MaximumProcessors / 8, mask);
        }
    }

    /// <summary>Adds one to an event counter, which wakes whoever reads it.</summary>
    public static void Signal(SafeHandle file)
    {
        ulong one = 1;
        _ = WriteFile(file, &one, sizeof(ulong));
    }

    private static int Outcome(nint result) => result < 0 ? -Marshal.GetLastPInvokeError() : (int)result;

    // The C library's variadic syscall(2) takes its arguments in registers like any function on x86-64 and arm64 Linux.
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Call(nint number, nint first, nint second, nint third, nint fourth, nint fifth, nint sixth);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial void* MapMemory(void* address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int UnmapMemory(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int CloseFile(int file);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int BindSocket(int socket, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "listen", SetLastError = true)]
    private static partial int ListenOn(int socket, int backlog);

    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    private static partial int ShutDownSocket(int socket, int how);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetSocketOption(int socket, int level, int name, void* value, uint length);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    private static partial int GetSocketName(int socket, byte* address, uint* length);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    private static partial nint SendDatagram(int socket, byte* bytes, nuint length, int flags, byte* to, uint toLength);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFile(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int GetResourceLimit(int resource, out ResourceLimit limit);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nuint length, byte* mask);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint WriteFile(SafeHandle file, void* bytes, nuint length);
}
