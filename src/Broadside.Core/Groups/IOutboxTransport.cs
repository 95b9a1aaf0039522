using Broadside.Channels;

namespace Broadside.Groups;

/// <summary>What an outbox sends through: a connection.</summary>
internal interface IOutboxTransport
{
    /// <summary>Sends a batch; <see cref="Outbox.OnAccepted"/> and <see cref="Outbox.OnReleased"/> follow as its status says.</summary>
    SendStatus Send(BoundBatch batch);

    /// <summary>Nothing is left to send, after <see cref="Outbox.Drain"/>.</summary>
    void OnDrained();

    /// <summary>Resets the connection for <paramref name="reason"/>.</summary>
    void Disconnect(CloseReason reason);
}
