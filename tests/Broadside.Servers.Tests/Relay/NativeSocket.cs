using System.Net;
using System.Runtime.InteropServices;

namespace Broadside.Servers.Tests.Relay;

/// <summary>A client socket that costs the managed heap nothing, so that what is measured is the server's.</summary>
internal static partial class NativeSocket
{
    private const int Inet = 2;
    private const int Stream = 1;

    public static int Connect(IPEndPoint server)
    {
        var socket = OpenSocket(Inet, Stream, 0);
        Assert.True(socket >= 0);
        Span<byte> address = stackalloc byte[16];
        address.Clear();
        address[0] = Inet;
        address[2] = (byte)(server.Port >> 8);
        address[3] = (byte)server.Port;
        server.Address.TryWriteBytes(address[4..], out _);
        Assert.Equal(0, ConnectSocket(socket, ref MemoryMarshal.GetReference(address), address.Length));
        return socket;
    }

    public static void Send(int socket, ReadOnlySpan<byte> bytes) =>
        Assert.Equal(bytes.Length, SendSocket(socket, ref MemoryMarshal.GetReference(bytes), bytes.Length, 0));

    public static void Receive(int socket, int length)
    {
        Span<byte> buffer = stackalloc byte[256];
        while (length > 0)
        {
            var count = (int)ReceiveSocket(socket, ref MemoryMarshal.GetReference(buffer), Math.Min(length, buffer.Length), 0);
            Assert.True(count > 0);
            length -= count;
        }
    }

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int socket);

    [LibraryImport("libc", EntryPoint = "socket")]
    private static partial int OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "connect")]
    private static partial int ConnectSocket(int socket, ref byte address, int length);

    [LibraryImport("libc", EntryPoint = "send")]
    private static partial nint SendSocket(int socket, ref byte bytes, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv")]
    private static partial nint ReceiveSocket(int socket, ref byte bytes, nint length, int flags);
}
