using System.Net.Sockets;

namespace Broadside.IoUring.Interop;

/// <summary>Linux error numbers (asm-generic/errno.h).</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int Again = 11;
    public const int NoMemory = 12;
    public const int Access = 13;
    public const int Busy = 16;
    public const int Invalid = 22;
    public const int FileTableFull = 23;
    public const int TooManyFiles = 24;
    public const int FileTooLarge = 27;
    public const int BrokenPipe = 32;
    public const int NoSystemCall = 38;
    public const int TimerExpired = 62;
    public const int MessageSize = 90;
    public const int NotSupported = 95;
    public const int AddressFamily = 97;
    public const int AddressInUse = 98;
    public const int AddressNotAvailable = 99;
    public const int NetworkDown = 100;
    public const int NetworkUnreachable = 101;
    public const int ConnectionAborted = 103;
    public const int ConnectionReset = 104;
    public const int NoBuffers = 105;
    public const int NotConnected = 107;
    public const int TimedOut = 110;
    public const int ConnectionRefused = 111;
    public const int HostDown = 112;
    public const int HostUnreachable = 113;
    public const int Canceled = 125;

    /// <summary>The framework's name of an error.</summary>
    public static SocketError ToSocketError(int errno) => errno switch
    {
        NotPermitted or Access => SocketError.AccessDenied,
        Again => SocketError.WouldBlock,
        NoMemory or NoBuffers => SocketError.NoBufferSpaceAvailable,
        Invalid => SocketError.InvalidArgument,
        FileTableFull or TooManyFiles => SocketError.TooManyOpenSockets,
        BrokenPipe => SocketError.Shutdown,
        MessageSize => SocketError.MessageSize,
        NotSupported => SocketError.OperationNotSupported,
        AddressFamily => SocketError.AddressFamilyNotSupported,
        AddressInUse => SocketError.AddressAlreadyInUse,
        NoEntry or AddressNotAvailable => SocketError.AddressNotAvailable,
        NetworkDown => SocketError.NetworkDown,
        NetworkUnreachable => SocketError.NetworkUnreachable,
        ConnectionAborted => SocketError.ConnectionAborted,
        ConnectionReset => SocketError.ConnectionReset,
        NotConnected => SocketError.NotConnected,
        TimedOut => SocketError.TimedOut,
        ConnectionRefused => SocketError.ConnectionRefused,
        HostDown => SocketError.HostDown,
        HostUnreachable => SocketError.HostUnreachable,
        Canceled => SocketError.OperationAborted,
        _ => SocketError.SocketError,
    };

    public static SocketException ToException(int errno) => new((int)ToSocketError(errno));
}
