using System.Runtime.InteropServices;

namespace Broadside.IoUring.Interop;

/// <content>Files in memory and what is sent from them.</content>
internal static unsafe partial class SystemCalls
{
    /// <summary>MADV_REMOVE: punches the range out of the file it is mapped from.</summary>
    public const int AdviseRemove = 9;

    /// <summary>MADV_NOHUGEPAGE.</summary>
    public const int AdviseNoHugePage = 15;

    private const int MapFixed = 0x10;
    private const int SetFileFlags = 4;
    private const int NonBlocking = 0x800;
    private const int DuplicateFile = 1030;

    // MFD_CLOEXEC and MFD_NOEXEC_SEAL (6.3), without which the sysctl vm.memfd_noexec=2 refuses.
    private const uint MemoryFileFlags = 0x1 | 0x8;

    /// <summary>A file in memory of so many bytes, none of which takes any before it is written to.</summary>
    public static int CreateMemoryFile(string name, long length)
    {
        var file = Outcome(CreateMemoryFile(name, MemoryFileFlags));
        var outcome = file < 0 ? file : Outcome(SetLength(file, length));
        if (outcome < 0 && file >= 0)
        {
            Close(file);
        }

        return outcome < 0 ? outcome : file;
    }

    /// <summary>Puts other memory in the place of what is mapped; false where that fails.</summary>
    public static bool MapOver(void* address, nuint length, int flags, int file, long offset) =>
        (nint)MapMemory(address, length, ProtectRead | ProtectWrite, flags | MapFixed, file, offset) != -1;

    public static int Advise(void* address, nuint length, int advice) => Outcome(AdviseMemory(address, length, advice));

    /// <summary>Has calls that would wait fail instead. Nothing but how it is used was set on a socket before.</summary>
    public static int SetNonBlocking(int socket) => Outcome(ControlFile(socket, SetFileFlags, NonBlocking));

    /// <summary>Another descriptor of a file, of that number or the next that is free (F_DUPFD_CLOEXEC).</summary>
    public static int Duplicate(int file, int number) => Outcome(ControlFile(file, DuplicateFile, number));

    /// <summary>Sends a part of a file; how many bytes were taken.</summary>
    public static int SendFile(int socket, int file, long offset, int length)
    {
        var sent = Outcome(SendFileTo(socket, file, &offset, (nuint)length));

        // The end of the file, which there cannot be.
        return sent == 0 ? -Errno.Invalid : sent;
    }

    public static int SendMessage(int socket, IoVector* vectors, int count, uint flags)
    {
        var header = new MessageHeader { Vectors = vectors, VectorCount = (nuint)count };
        return Outcome(SendMessageTo(socket, &header, (int)flags));
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateMemoryFile(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    private static partial int SetLength(int file, long length);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    private static partial int AdviseMemory(void* address, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int ControlFile(int file, int command, nint argument);

    [LibraryImport("libc", EntryPoint = "sendfile", SetLastError = true)]
    private static partial nint SendFileTo(int socket, int file, long* offset, nuint length);

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint SendMessageTo(int socket, MessageHeader* header, int flags);
}
