namespace Broadside.PacketScripts.Sockets;

/// <summary>What a socket call returns: a number, or -1 and an error.</summary>
internal readonly record struct SocketResult(long Value, Errno Errno = Errno.None)
{
    public static SocketResult Success => new(0);

    public bool IsError => Errno != Errno.None;

    public static implicit operator SocketResult(Errno errno) => errno == Errno.None ? Success : new(-1, errno);

    public override string ToString() => IsError ? $"{Value} {Errno}" : Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Linux's numbers of the errors that sockets have.</summary>
internal enum Errno
{
    None = 0,
    EBADF = 9,
    EAGAIN = 11,
    EINVAL = 22,
    EPIPE = 32,
    EDESTADDRREQ = 89,
    EMSGSIZE = 90,
    ENOPROTOOPT = 92,
    EOPNOTSUPP = 95,
    EADDRINUSE = 98,
    EADDRNOTAVAIL = 99,
    ENETDOWN = 100,
    ENETUNREACH = 101,
    ECONNABORTED = 103,
    ECONNRESET = 104,
    ENOBUFS = 105,
    EISCONN = 106,
    ENOTCONN = 107,
    ETIMEDOUT = 110,
    ECONNREFUSED = 111,
    EHOSTUNREACH = 113,
    EALREADY = 114,
    EINPROGRESS = 115,
}
