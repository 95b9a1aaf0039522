using Broadside.Channels;

namespace Broadside.Connections;

/// <summary>Has the records of a connection wait for whoever connected it.</summary>
internal sealed class QueueingHandler : IRecordHandler
{
    public static QueueingHandler Instance { get; } = new();

    public void OnConnected(RecordConnection connection) => connection.QueueReceived();

    public void OnReceived(RecordConnection connection, ref RecordBatch records) => connection.Received.Fill(ref records);

    public void OnPeerClosed(RecordConnection connection) => connection.Received.Complete();

    public void OnClosed(RecordConnection connection, CloseReason reason, Exception? error) => connection.Received.DisposeUnread();
}
