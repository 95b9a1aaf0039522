using System.Runtime.InteropServices;

namespace Broadside.Bench.Load;

/// <summary>The few calls to the C library that a load generator lives on.</summary>
internal static unsafe partial class Native
{
    public const int TruncateFlag = 0x20;
    public const int NoSignalFlag = 0x4000;

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int descriptor, byte* change);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(int epoll, byte* events, int count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    /// <summary>Receives and throws away: the bytes are not copied.</summary>
    public static nint Discard(int socket) => Receive(socket, null, 1 << 20, TruncateFlag);
}
