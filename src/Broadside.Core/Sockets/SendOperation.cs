using System.Net.Sockets;
using Broadside.Channels;

namespace Broadside.Sockets;

/// <summary>A send that the transport did not accept whole at once: waits for room and remembers how far the batch has gone.</summary>
internal sealed class SendOperation : SocketOperation
{
    public SocketsConnection Connection { get; set; } = null!;

    public SendBatch Batch { get; set; } = null!;

    public SendPosition Position { get; set; }

    /// <summary>Whether the framework still refers to the batch's memory.</summary>
    public bool IsInFlight { get; set; }

    public override void Complete() => Connection.OnSendCompleted();

    protected override void OnCompleted(SocketAsyncEventArgs e) => Connection.Owner.Complete(this);
}
