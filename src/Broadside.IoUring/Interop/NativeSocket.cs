using System.Net;
using Broadside.Channels;

namespace Broadside.IoUring.Interop;

/// <summary>Opens the sockets that need a descriptor of the process: those that are bound.</summary>
internal static class NativeSocket
{
    public const int Stream = 1;
    public const int Datagram = 2;

    /// <summary>A listening socket. Accepted ones inherit its options (tcp(7)).</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The endpoint cannot be bound.</exception>
    public static int Listen(EndPoint endPoint, ListenOptions options, bool shared, out EndPoint local)
    {
        var socket = Open(endPoint, Stream);
        try
        {
            var isTcp = NativeAddress.IsIp(NativeAddress.Family(endPoint));
            Apply(socket, isTcp, options.Transport);
            if (isTcp && options.DeferAccept > TimeSpan.Zero)
            {
                Check(SystemCalls.SetOption(socket, SocketOption.LevelTcp, SocketOption.TcpDeferAccept, (int)Math.Ceiling(options.DeferAccept.TotalSeconds)));
            }

            if (shared)
            {
                Check(SystemCalls.SetOption(socket, SocketOption.LevelSocket, SocketOption.ReusePort, 1));
            }

            // Otherwise connections of an earlier run that linger in TIME-WAIT would keep the port.
            Check(SystemCalls.SetOption(socket, SocketOption.LevelSocket, SocketOption.ReuseAddress, 1));
            local = Bind(socket, endPoint);
            Check(SystemCalls.Listen(socket, options.Backlog));
            return socket;
        }
        catch
        {
            SystemCalls.Close(socket);
            throw;
        }
    }

    /// <summary>Binds an address for a moment, without sharing it.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">It is taken, or cannot be bound at all.</exception>
    public static void CheckFree(EndPoint endPoint)
    {
        var socket = Open(endPoint, Stream);
        try
        {
            Check(SystemCalls.SetOption(socket, SocketOption.LevelSocket, SocketOption.ReuseAddress, 1));
            Bind(socket, endPoint);
        }
        finally
        {
            SystemCalls.Close(socket);
        }
    }

    /// <summary>A bound datagram socket.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The endpoint cannot be bound.</exception>
    public static int BindDatagram(EndPoint endPoint, out EndPoint local)
    {
        var socket = Open(endPoint, Datagram);
        try
        {
            local = Bind(socket, endPoint);
            return socket;
        }
        catch
        {
            SystemCalls.Close(socket);
            throw;
        }
    }

    /// <summary>The address an installed descriptor has; null where the kernel does not tell.</summary>
    public static EndPoint? LocalEndPoint(int socket)
    {
        Span<byte> address = stackalloc byte[NativeAddress.MaximumLength];
        var length = SystemCalls.GetName(socket, address);
        return length < 2 ? null : NativeAddress.Read(address[..length]);
    }

    private static int Open(EndPoint endPoint, int type)
    {
        var family = NativeAddress.Family(endPoint);
        var socket = Check(family < 0 ? -Errno.AddressFamily : SystemCalls.Socket(family, type, 0));

        // As the framework has it: an IPv6 socket is for IPv6, so that both families can be bound.
        if (NativeAddress.IsIpv6(family))
        {
            _ = SystemCalls.SetOption(socket, SocketOption.LevelIpv6, SocketOption.Ipv6Only, 1);
        }

        return socket;
    }

    private static EndPoint Bind(int socket, EndPoint endPoint)
    {
        Span<byte> address = stackalloc byte[NativeAddress.MaximumLength];
        Check(SystemCalls.Bind(socket, address[..NativeAddress.Write(endPoint, address)]));
        return NativeAddress.IsIp(NativeAddress.Family(endPoint)) ? LocalEndPoint(socket)! : endPoint;
    }

    private static void Apply(int socket, bool isTcp, TransportOptions options)
    {
        Span<(int Level, int Name, int Value)> settings = stackalloc (int, int, int)[TransportSettings.Maximum];
        foreach (var (level, name, value) in settings[..TransportSettings.Collect(options, isTcp, settings)])
        {
            Check(SystemCalls.SetOption(socket, level, name, value));
        }
    }

    private static int Check(int outcome) => outcome < 0 ? throw Errno.ToException(-outcome) : outcome;
}
