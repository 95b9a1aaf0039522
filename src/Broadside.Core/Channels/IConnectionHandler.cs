namespace Broadside.Channels;

/// <summary>Receives a connection's events, always on its channel's thread, one at a time, never from within a call on the connection.</summary>
/// <remarks>
/// <para>Order: <see cref="OnConnected"/> first (unless connecting failed), <see cref="OnClosed"/> exactly once and last, every
/// <see cref="OnSendReleased"/> before it.</para>
/// <para>A callback that throws aborts its connection with <see cref="CloseReason.HandlerFault"/>, is logged, and harms no other.</para>
/// </remarks>
public interface IConnectionHandler
{
    /// <summary>The connection is established; sending and receiving may begin.</summary>
    /// <param name="connection">The connection.</param>
    void OnConnected(ChannelConnection connection);

    /// <summary>Bytes arrived. They are borrowed: valid until the callback returns.</summary>
    /// <param name="segment">The bytes, at least one.</param>
    void OnReceived(ReceivedSegment segment);

    /// <summary>An extent given to <see cref="ChannelConnection.ReceiveInto"/> is full.</summary>
    /// <param name="extent">The extent.</param>
    void OnExtentReceived(Extent extent);

    /// <summary>A pending send was accepted whole: the next may follow.</summary>
    /// <param name="batch">The batch; its memory is still in use.</param>
    void OnSendAccepted(SendBatch batch);

    /// <summary>The transport no longer refers to a batch: it was copied, or acknowledged, or the connection failed. In any order between batches.</summary>
    /// <param name="batch">The batch, the caller's again.</param>
    void OnSendReleased(SendBatch batch);

    /// <summary>The peer ended its direction; sending goes on until <see cref="ChannelConnection.Close"/>. At most once.</summary>
    void OnPeerClosed();

    /// <summary>The connection is over. The extent of an unfinished <see cref="ChannelConnection.ReceiveInto"/> is the caller's again.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="error">What went wrong, where an exception tells more than the reason.</param>
    void OnClosed(CloseReason reason, Exception? error);
}
