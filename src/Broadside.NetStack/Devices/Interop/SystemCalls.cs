using System.Runtime.InteropServices;

namespace Broadside.NetStack.Devices.Interop;

/// <summary>The system calls in use. Each returns a negative error number where it fails.</summary>
internal static unsafe partial class SystemCalls
{
    public const int MapShared = 1;
    public const int MapPrivate = 2;
    public const int MapAnonymous = 0x20;
    public const int MapPopulate = 0x8000;

    private const int ProtectReadWrite = 3;
    private const int ReadWrite = 2;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const long NanosecondsPerTick = 100;

    /// <summary>Opens a file that is there, to read and write without waiting.</summary>
    public static int Open(string path) => Outcome(OpenFile(path, ReadWrite | NonBlocking | CloseOnExec));

    public static int Close(int file) => Outcome(CloseFile(file));

    public static int Control(int file, nuint request, void* argument) => Outcome(ControlDevice(file, request, argument));

    public static int Read(int file, void* bytes, nuint length) => Outcome(ReadFile(file, bytes, length));

    /// <summary>Writes to a descriptor that another thread may be closing.</summary>
    public static int Write(SafeHandle file, void* bytes, nuint length) => Outcome(WriteFile(file, bytes, length));

    public static int WriteGather(int file, IoVector* vectors, int count) => Outcome(WriteVectors(file, vectors, count));

    public static int CreateEvent() => Outcome(EventFile(0, NonBlocking | CloseOnExec));

    public static int Map(nuint length, int flags, int file, long offset, out byte* pointer)
    {
        pointer = (byte*)MapMemory(null, length, ProtectReadWrite, flags, file, offset);
        return (nint)pointer == -1 ? -Marshal.GetLastPInvokeError() : 0;
    }

    public static int Unmap(byte* pointer, nuint length) => Outcome(UnmapMemory(pointer, length));

    /// <summary>Waits for the first of several descriptors; for ever if the time is negative.</summary>
    public static int Poll(PollEntry* entries, int count, TimeSpan timeout)
    {
        if (timeout < TimeSpan.Zero)
        {
            return Outcome(PollFiles(entries, (nuint)count, null, null));
        }

        var time = new TimeSpecification
        {
            Seconds = timeout.Ticks / TimeSpan.TicksPerSecond,
            Nanoseconds = timeout.Ticks % TimeSpan.TicksPerSecond * NanosecondsPerTick,
        };
        return Outcome(PollFiles(entries, (nuint)count, &time, null));
    }

    private static int Outcome(nint result) => result < 0 ? -Marshal.GetLastPInvokeError() : (int)result;

    // Variadic functions of the C library take their arguments in registers like any other on x86-64 and arm64 Linux.
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int CloseFile(int file);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int ControlDevice(int file, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadFile(int file, void* bytes, nuint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteFile(SafeHandle file, void* bytes, nuint length);

    [LibraryImport("libc", EntryPoint = "writev", SetLastError = true)]
    private static partial nint WriteVectors(int file, IoVector* vectors, int count);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFile(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial void* MapMemory(void* address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int UnmapMemory(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    private static partial int PollFiles(PollEntry* entries, nuint count, TimeSpecification* timeout, void* signals);
}
