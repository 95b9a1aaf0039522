using System.Net;

namespace Broadside.PacketScripts.Sockets;

/// <summary>
/// The socket calls that scripts make, on a stack. None blocks: one that would have to wait returns <see cref="Errno.EAGAIN"/> (connect:
/// <see cref="Errno.EINPROGRESS"/>), and the runner, which owns time, asks again.
/// </summary>
internal interface IScriptSockets
{
    /// <summary>Makes a socket; the result is the handle for all other calls.</summary>
    SocketResult Open(SocketProtocol protocol);

    SocketResult Bind(int handle, IPEndPoint local);

    SocketResult Listen(int handle, int backlog);

    /// <summary>The result is the new connection's handle.</summary>
    SocketResult Accept(int handle);

    /// <summary>Begins to connect; once it has ended, <see cref="Poll"/> says so and <see cref="TakeError"/> how.</summary>
    SocketResult Connect(int handle, IPEndPoint remote);

    /// <summary>The result is how many bytes were taken.</summary>
    SocketResult Send(int handle, ReadOnlySpan<byte> bytes, bool more);

    /// <summary>The result is how many bytes there were; zero at the stream's end.</summary>
    SocketResult Receive(int handle, Span<byte> bytes, bool peek);

    /// <summary>Sends a datagram; where no remote endpoint is given, to the connected one.</summary>
    SocketResult SendTo(int handle, ReadOnlySpan<byte> bytes, IPEndPoint? remote);

    SocketResult Shutdown(int handle, bool receive, bool send);

    SocketResult Close(int handle);

    SocketResult SetOption(int handle, SocketOption option, int value);

    SocketResult SetCongestionControl(int handle, string name);

    /// <summary>SO_LINGER: null lets close return at once and the stack go on sending; zero makes it a reset.</summary>
    SocketResult SetLinger(int handle, TimeSpan? linger);

    /// <summary>The result is the option's value.</summary>
    SocketResult GetOption(int handle, SocketOption option);

    /// <summary>SO_ERROR: the pending error, which is then no longer pending.</summary>
    Errno TakeError(int handle);

    PollEvents Poll(int handle);

    /// <summary>SIOCINQ: how many bytes wait to be received.</summary>
    int ReceiveQueueLength(int handle);

    /// <summary>SIOCOUTQ: how many bytes are not yet acknowledged; of these, those not yet sent.</summary>
    (int Unacknowledged, int Unsent) SendQueueLength(int handle);
}

internal enum SocketProtocol : byte
{
    Tcp,
    Udp,
}
