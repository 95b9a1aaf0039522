using System.Net.Sockets;

namespace Broadside.Sockets;

/// <summary>Waits for a connection to have something to receive, without a buffer; before that, for it to be established.</summary>
internal sealed class ReceiveOperation : SocketOperation
{
    public SocketsConnection Connection { get; set; } = null!;

    public override void Complete() => Connection.OnReceiveCompleted(LastOperation, SocketError);

    protected override void OnCompleted(SocketAsyncEventArgs e) => Connection.Owner.Complete(this);
}
