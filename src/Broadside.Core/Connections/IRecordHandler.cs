using Broadside.Channels;

namespace Broadside;

/// <summary>Handles connections on their channels' threads, without a wait or an allocation per record. Must not block.</summary>
/// <remarks>
/// One handler may serve any number of connections: what belongs to one goes into <see cref="RecordConnection.State"/>. A callback
/// that throws has its connection reset with <see cref="CloseReason.HandlerFault"/>; the others go on.
/// </remarks>
public interface IRecordHandler
{
    /// <summary>The connection is established.</summary>
    /// <param name="connection">The connection.</param>
    void OnConnected(RecordConnection connection);

    /// <summary>
    /// Whole records arrived. Those left unread are kept and the connection is read no further until
    /// <see cref="RecordConnection.ResumeReceive"/>, which calls this again.
    /// </summary>
    /// <param name="connection">The connection.</param>
    /// <param name="records">What arrived, to be read in order.</param>
    void OnReceived(RecordConnection connection, ref RecordBatch records);

    /// <summary>What arrived is no record; nothing more is read. A last record may be sent. What was framed before it has been read.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="reason">What the framer found wrong.</param>
    /// <returns>True to close gracefully, so that what was sent arrives; false, the default, to reset with <see cref="CloseReason.InvalidFraming"/>.</returns>
    bool OnInvalid(RecordConnection connection, string reason) => false;

    /// <summary>The peer ended its direction: nothing more will arrive. Close the connection when there is nothing more to send.</summary>
    /// <param name="connection">The connection.</param>
    void OnPeerClosed(RecordConnection connection);

    /// <summary>The connection is over; last callback.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="reason">Why.</param>
    /// <param name="error">What went wrong, where an exception tells more.</param>
    void OnClosed(RecordConnection connection, CloseReason reason, Exception? error);
}
