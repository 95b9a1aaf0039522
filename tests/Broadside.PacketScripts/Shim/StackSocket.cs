using System.Net;
using Broadside.NetStack.Network;
using Broadside.PacketScripts.Sockets;

namespace Broadside.PacketScripts.Shim;

/// <summary>A socket as Linux has them, on the stack. What a kind of socket does not have is refused.</summary>
internal abstract class StackSocket
{
    public abstract SocketResult Bind(IPEndPoint local);

    public virtual SocketResult Listen(int backlog) => Errno.EOPNOTSUPP;

    /// <summary>The result's value is of no meaning: the caller gives the connection its handle.</summary>
    public virtual SocketResult Accept(out StackSocket? accepted)
    {
        accepted = null;
        return Errno.EOPNOTSUPP;
    }

    public abstract SocketResult Connect(IPEndPoint remote);

    public virtual SocketResult Send(ReadOnlySpan<byte> bytes, bool more) => Errno.EOPNOTSUPP;

    public abstract SocketResult Receive(Span<byte> bytes, bool peek);

    public virtual SocketResult SendTo(ReadOnlySpan<byte> bytes, IPEndPoint? remote) => Errno.EOPNOTSUPP;

    public virtual SocketResult Shutdown(bool receive, bool send) => Errno.EOPNOTSUPP;

    public abstract void Close();

    public virtual SocketResult SetOption(SocketOption option, int value) => Errno.ENOPROTOOPT;

    public virtual SocketResult GetOption(SocketOption option) => Errno.ENOPROTOOPT;

    public virtual SocketResult SetLinger(TimeSpan? linger) => SocketResult.Success;

    public abstract Errno TakeError();

    public abstract PollEvents Poll();

    public virtual int ReceiveQueueLength => 0;

    public virtual (int Unacknowledged, int Unsent) SendQueueLength => default;

    protected static Errno ErrorOf(DeliveryErrorKind kind) => kind switch
    {
        DeliveryErrorKind.Refused => Errno.ECONNREFUSED,
        DeliveryErrorKind.TooBig => Errno.EMSGSIZE,
        _ => Errno.EHOSTUNREACH,
    };
}
