using System.Net;
using System.Net.Sockets;
using Broadside.Channels;

namespace Broadside.Sockets;

/// <summary>Makes sockets and sets their options, leaving out what a platform does not have.</summary>
internal static class SocketOptions
{
    private const int ProtocolTcp = 6;
    private const int LinuxTcpNotSentLowat = 25;
    private const int LinuxTcpDeferAccept = 9;
    private const int MacTcpNotSentLowat = 0x201;

    private static readonly LingerOption Reset = new(true, 0);

    /// <exception cref="SocketException">The system has no such socket, or the endpoint is a name, which others resolve.</exception>
    public static Socket Create(EndPoint endPoint)
    {
        if (endPoint is DnsEndPoint)
        {
            throw new SocketException((int)SocketError.HostNotFound);
        }

        var protocol = endPoint is UnixDomainSocketEndPoint ? ProtocolType.Unspecified : ProtocolType.Tcp;
        return new Socket(endPoint.AddressFamily, SocketType.Stream, protocol) { Blocking = false };
    }

    /// <summary>For a socket that just was accepted: Linux lets it inherit everything but the non-blocking mode (tcp(7)).</summary>
    public static void ApplyAccepted(Socket socket, TransportOptions options)
    {
        socket.Blocking = false;
        if (!OperatingSystem.IsLinux())
        {
            Apply(socket, options);
        }
    }

    public static void Apply(Socket socket, TransportOptions options)
    {
        if (options.ReceiveBufferSize is { } receiveBufferSize)
        {
            socket.ReceiveBufferSize = receiveBufferSize;
        }

        if (options.SendBufferSize is { } sendBufferSize)
        {
            socket.SendBufferSize = sendBufferSize;
        }

        if (socket.ProtocolType == ProtocolType.Tcp)
        {
            socket.NoDelay = options.NoDelay;
            LimitUnsent(socket, options.UnsentLimit);
        }
    }

    /// <summary>Has a listening socket accept connections when their first bytes have come, or after so many seconds (tcp(7)).</summary>
    public static void DeferAccept(Socket socket, TimeSpan time)
    {
        if (time > TimeSpan.Zero && socket.ProtocolType == ProtocolType.Tcp && OperatingSystem.IsLinux())
        {
            SetTcpOption(socket, LinuxTcpDeferAccept, (int)Math.Ceiling(time.TotalSeconds));
        }
    }

    /// <summary>Has the socket's disposal reset the connection (RFC 9293, 3.10.5) instead of ending it gracefully.</summary>
    public static void ResetOnClose(Socket socket)
    {
        try
        {
            socket.LingerState = Reset;
        }
        catch (SocketException)
        {
            // The peer's reset came first (macOS then refuses the option): there is nothing left to reset.
        }
    }

    private static void LimitUnsent(Socket socket, int bytes)
    {
        var option = OperatingSystem.IsLinux() ? LinuxTcpNotSentLowat : OperatingSystem.IsMacOS() ? MacTcpNotSentLowat : 0;
        if (bytes > 0 && option != 0)
        {
            SetTcpOption(socket, option, bytes);
        }
    }

    private static void SetTcpOption(Socket socket, int option, int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BitConverter.TryWriteBytes(bytes, value);
        socket.SetRawSocketOption(ProtocolTcp, option, bytes);
    }
}
