using System.Net.Sockets;

namespace Broadside.Sockets;

/// <summary>A listener's pending accept.</summary>
internal sealed class AcceptOperation(SharedListener shared, SocketsListener listener) : SocketOperation
{
    /// <summary>Whose the next connection is: changes when the listener that made the operation has closed.</summary>
    public SocketsListener Listener { get; set; } = listener;

    public override void Complete() => Listener.OnAccepted(this);

    /// <summary>Nobody listens any more: what came is reset.</summary>
    public void Drop()
    {
        if (AcceptSocket is { } socket)
        {
            SocketOptions.ResetOnClose(socket);
            socket.Dispose();
        }

        Dispose();
    }

    protected override void OnCompleted(SocketAsyncEventArgs e) => shared.Route(this);
}
