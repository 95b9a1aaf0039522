using Broadside.Channels;

namespace Broadside.Connections;

/// <summary>Runs asynchronous code for each connection: its return closes the connection, its exception resets it.</summary>
internal sealed class AsyncHandler(Func<RecordConnection, Task> handler) : IRecordHandler
{
    public void OnConnected(RecordConnection connection)
    {
        connection.QueueReceived();
        if (connection.Core.Scheduling == ContinuationScheduling.Inline)
        {
            _ = RunAsync(connection);
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(static state => _ = state.Handler.RunAsync(state.Connection), (Handler: this, Connection: connection), false);
        }
    }

    public void OnReceived(RecordConnection connection, ref RecordBatch records) => connection.Received.Fill(ref records);

    public void OnPeerClosed(RecordConnection connection) => connection.Received.Complete();

    public void OnClosed(RecordConnection connection, CloseReason reason, Exception? error) => connection.Received.DisposeUnread();

    private async Task RunAsync(RecordConnection connection)
    {
        try
        {
            await handler(connection).ConfigureAwait(false);
            await connection.CloseAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            ConnectionLog.HandlerFaulted(connection.Core.Logger, exception, connection.Id);
            connection.AbortFor(CloseReason.HandlerFault, exception);
        }
    }
}
