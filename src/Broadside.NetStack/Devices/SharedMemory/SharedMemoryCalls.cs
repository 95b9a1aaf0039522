using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Broadside.NetStack.Devices;

/// <summary>The system calls that a wire in shared memory needs. Each returns a negative error number where it fails.</summary>
internal static unsafe partial class SharedMemoryCalls
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int Again = 11;
    public const int NoMemory = 12;
    public const int Access = 13;
    public const int NoSpace = 28;
    public const int ReadOnlyFileSystem = 30;
    public const int NotSupported = 95;
    public const int TimedOut = 110;
    public const int QuotaExceeded = 122;

    private const int ReadWrite = 2;
    private const int Create = 0x40;
    private const int CloseOnExec = 0x80000;
    private const int ProtectReadWrite = 3;
    private const int MapShared = 1;
    private const int SeekEnd = 2;
    private const int GetOpenFileLock = 36;
    private const int SetOpenFileLock = 37;
    private const short WriteLock = 1;
    private const short Unlocked = 2;
    private const int FutexWait = 0;
    private const int FutexWake = 1;
    private const int NanosecondsPerTick = 100;

    private static readonly nint FutexCall = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 202 : 98;

    /// <summary>
    /// Opens a file and makes it if it is not there. One that is there is not opened as if to be made: that the kernel refuses in a
    /// directory of all where the file is another user's (sysctl fs.protected_regular).
    /// </summary>
    public static int Open(string path, UnixFileMode mode)
    {
        var outcome = Outcome(OpenFile(path, ReadWrite | CloseOnExec, 0));
        return outcome == -NoEntry ? Outcome(OpenFile(path, ReadWrite | Create | CloseOnExec, (uint)mode)) : outcome;
    }

    public static long Length(SafeFileHandle file) =>
        SeekFile(file, 0, SeekEnd) is var length and >= 0 ? length : -Marshal.GetLastPInvokeError();

    public static int SetLength(SafeFileHandle file, long length) => Outcome(Truncate(file, length));

    /// <summary>Takes the file's space now, so that no page is missing later.</summary>
    public static int Reserve(SafeFileHandle file, long length) => Outcome(Allocate(file, 0, 0, length));

    public static int Map(SafeFileHandle file, long length, out byte* pointer)
    {
        pointer = (byte*)MapMemory(null, (nuint)length, ProtectReadWrite, MapShared, file, 0);
        return (nint)pointer == -1 ? -Marshal.GetLastPInvokeError() : 0;
    }

    public static void Unmap(byte* pointer, long length) => _ = UnmapMemory(pointer, (nuint)length);

    /// <summary>
    /// Takes an open file description's lock of a byte (fcntl(2)). Two openings of one process exclude one another as well, and the
    /// kernel lets go of it when the process ends, however that comes about.
    /// </summary>
    public static int TryLock(SafeFileHandle file, long position) => Lock(file, position, WriteLock);

    public static int Unlock(SafeFileHandle file, long position) => Lock(file, position, Unlocked);

    /// <summary>Whether someone else holds the lock of a byte.</summary>
    public static bool IsLocked(SafeFileHandle file, long position)
    {
        var description = new FileLock { Type = WriteLock, Start = position, Length = 1 };
        return ControlFile(file, GetOpenFileLock, &description) == 0 && description.Type != Unlocked;
    }

    /// <summary>Sleeps until the word is not as seen, someone wakes it, or the time is up; or for no reason at all (futex(2)).</summary>
    public static void Sleep(uint* word, uint seen, TimeSpan timeout)
    {
        var time = stackalloc long[2];
        time[0] = timeout.Ticks / TimeSpan.TicksPerSecond;
        time[1] = timeout.Ticks % TimeSpan.TicksPerSecond * NanosecondsPerTick;
        var outcome = Outcome(Call(FutexCall, (nint)word, FutexWait, (nint)seen, (nint)time, 0, 0));
        Debug.Assert(outcome is 0 or -Interrupted or -Again or -TimedOut);
    }

    public static void Wake(uint* word) => _ = Call(FutexCall, (nint)word, FutexWake, 1, 0, 0, 0);

    private static int Lock(SafeFileHandle file, long position, short type)
    {
        var description = new FileLock { Type = type, Start = position, Length = 1 };
        return Outcome(ControlFile(file, SetOpenFileLock, &description));
    }

    private static int Outcome(nint result) => result < 0 ? -Marshal.GetLastPInvokeError() : (int)result;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "lseek64", SetLastError = true)]
    private static partial long SeekFile(SafeFileHandle file, long offset, int origin);

    [LibraryImport("libc", EntryPoint = "ftruncate64", SetLastError = true)]
    private static partial int Truncate(SafeFileHandle file, long length);

    [LibraryImport("libc", EntryPoint = "fallocate64", SetLastError = true)]
    private static partial int Allocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "mmap64", SetLastError = true)]
    private static partial void* MapMemory(void* address, nuint length, int protection, int flags, SafeFileHandle file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int UnmapMemory(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int ControlFile(SafeFileHandle file, int command, FileLock* argument);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Call(nint number, nint first, nint second, nint third, nint fourth, nint fifth, nint sixth);

    /// <summary><c>struct flock</c> where a long has 64 bits.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FileLock
    {
        public short Type;
        public short Origin;
        public long Start;
        public long Length;

        // Must be zero for locks of open file descriptions.
        public int Process;
    }
}
