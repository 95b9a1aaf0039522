using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Broadside.Bench.Load;

/// <summary>Connections that are opened by the thousand: bare descriptors, from addresses of one's choice.</summary>
internal static unsafe class ClientSocket
{
    private const int InternetFamily = 2;
    private const int StreamType = 1;
    private const int AddressLength = 16;
    private const uint ServerAddress = (127u << 24) | 1;
    private const int IpLevel = 0;
    private const int BindAddressNoPort = 24;
    private const int SocketLevel = 1;
    private const int Linger = 13;

    /// <summary>Begins to connect; on loopback the handshake is usually over by the return.</summary>
    /// <param name="source">From which address, as <see cref="LoopbackAddresses"/> has them.</param>
    /// <param name="port">The server's.</param>
    public static int BeginConnect(uint source, int port) => Connect(source, port, Native.NonBlocking);

    /// <summary>Connects, and blocks until it has. Closing resets: so many are gone at once.</summary>
    public static int Connect(uint source, int port)
    {
        var socket = Connect(source, port, 0);
        var reset = 1L;
        SetOption(socket, SocketLevel, Linger, &reset, sizeof(long));
        return socket;
    }

    private static int Connect(uint source, int port, int flags)
    {
        var socket = Check(Native.Socket(InternetFamily, StreamType | flags, 0), "socket");

        // The port is chosen as it connects, when it is known which are in use towards this server.
        var on = 1;
        SetOption(socket, IpLevel, BindAddressNoPort, &on, sizeof(int));
        var address = stackalloc byte[AddressLength];
        Check(Native.Bind(socket, Write(address, source, 0), AddressLength), "bind");
        if (Native.Connect(socket, Write(address, ServerAddress, port), AddressLength) < 0 && Marshal.GetLastPInvokeError() != Native.InProgress)
        {
            throw Failure("connect");
        }

        return socket;
    }

    private static void SetOption(int socket, int level, int option, void* value, uint length) =>
        Check(Native.SetOption(socket, level, option, value, length), "setsockopt");

    // struct sockaddr_in
    private static byte* Write(byte* bytes, uint address, int port)
    {
        var span = new Span<byte>(bytes, AddressLength);
        span.Clear();
        MemoryMarshal.Write(span, (ushort)InternetFamily);
        BinaryPrimitives.WriteUInt16BigEndian(span[2..], (ushort)port);
        BinaryPrimitives.WriteUInt32BigEndian(span[4..], address);
        return bytes;
    }

    private static int Check(int result, string call) => result < 0 ? throw Failure(call) : result;

    private static IOException Failure(string call) => new($"{call} failed: error {Marshal.GetLastPInvokeError()}.");
}
