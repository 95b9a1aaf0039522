using System.Runtime.InteropServices;

namespace Broadside.NetStack.Devices.Interop;

/// <content>Sockets.</content>
internal static unsafe partial class SystemCalls
{
    public const int SocketTypeRaw = 3;
    public const int LevelSocket = 1;

    private const int DontWait = 0x40;

    /// <summary>Opens a socket whose calls do not wait.</summary>
    public static int Socket(int family, int type, int protocol) =>
        Outcome(OpenSocket(family, type | NonBlocking | CloseOnExec, protocol));

    public static int Bind(int socket, void* address, int length) => Outcome(BindSocket(socket, address, (uint)length));

    public static int SetOption(int socket, int level, int name, void* value, int length) =>
        Outcome(SetSocketOption(socket, level, name, value, (uint)length));

    public static int SetOption(int socket, int level, int name, int value) => SetOption(socket, level, name, &value, sizeof(int));

    /// <summary>Reads an option; how long it is.</summary>
    public static int GetOption(int socket, int level, int name, void* value, int length)
    {
        var size = (uint)length;
        var outcome = Outcome(GetSocketOption(socket, level, name, value, &size));
        return outcome < 0 ? outcome : (int)size;
    }

    /// <summary>Has the kernel look at what is to be sent, without giving it anything.</summary>
    public static int KickTransmit(int socket) => Outcome(SendTo(socket, null, 0, DontWait, null, 0));

    /// <summary>Has the kernel look at where it may receive to.</summary>
    public static int KickReceive(int socket) => Outcome(ReceiveFrom(socket, null, 0, DontWait, null, null));

    public static int Receive(int socket, void* bytes, int length) =>
        Outcome(ReceiveFrom(socket, bytes, (nuint)length, DontWait, null, null));

    /// <summary>Sends several messages; how many were taken, or why the first was not.</summary>
    public static int Send(int socket, Message* messages, int count) => Outcome(SendMessages(socket, messages, (uint)count, DontWait));

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int BindSocket(int socket, void* address, uint length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetSocketOption(int socket, int level, int name, void* value, uint length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int GetSocketOption(int socket, int level, int name, void* value, uint* length);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    private static partial nint SendTo(int socket, void* bytes, nuint length, int flags, void* address, uint addressLength);

    [LibraryImport("libc", EntryPoint = "recvfrom", SetLastError = true)]
    private static partial nint ReceiveFrom(int socket, void* bytes, nuint length, int flags, void* address, uint* addressLength);

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    private static partial int SendMessages(int socket, Message* messages, uint count, int flags);
}
