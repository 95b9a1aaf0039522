using System.Buffers;
using Broadside.Channels;

namespace Broadside.Relay;

/// <summary>Serves a relay's connections: reads commands, executes them, and sends the replies to what one receive brought together.</summary>
internal sealed class RelayHandler(RelayState relay) : IRecordHandler
{
    public void OnConnected(RecordConnection connection)
    {
        if (!relay.TryAdmit())
        {
            connection.TrySend("-ERR max number of clients reached\r\n"u8, out _);
            _ = connection.CloseAsync();
            return;
        }

        connection.State = new RelayClient(relay, connection.Channel.Now);
    }

    public void OnReceived(RecordConnection connection, ref RecordBatch records)
    {
        if (connection.State is not RelayClient client)
        {
            return;
        }

        var session = new Session(relay, connection, client);
        while (!client.IsBusy && !client.IsClosing && records.TryRead(out var record))
        {
            Execute(session, record);
            if (session.Worker.Replies.Length >= RelayLimits.ReplyBatch)
            {
                session.Flush();
            }
        }

        session.Flush();
        if (client.HasEnded && !client.IsBusy && !client.IsClosing)
        {
            session.Close();
        }
    }

    public bool OnInvalid(RecordConnection connection, string reason)
    {
        if (connection.State is not RelayClient client)
        {
            return false;
        }

        var session = new Session(relay, connection, client);
        RedisErrors.ProtocolError(session.Writer, reason);
        session.Flush();
        client.IsClosing = true;
        return true;
    }

    public void OnPeerClosed(RecordConnection connection)
    {
        if (connection.State is not RelayClient client)
        {
            return;
        }

        // What it sent before is executed first.
        client.HasEnded = true;
        if (!client.IsBusy && !client.IsClosing)
        {
            new Session(relay, connection, client).Close();
        }
    }

    public void OnClosed(RecordConnection connection, CloseReason reason, Exception? error)
    {
        if (connection.State is not RelayClient client)
        {
            return;
        }

        client.IsClosing = true;
        relay.Dismiss();
        foreach (var topic in client.TakeTopics())
        {
            topic.Tidy();
        }
    }

    private static void Execute(in Session session, in ReceivedRecord record)
    {
        if (record.IsContiguous)
        {
            Execute(session, record, record.Span);
            return;
        }

        var copy = ArrayPool<byte>.Shared.Rent(record.Length);
        try
        {
            record.CopyTo(copy);
            Execute(session, record, copy.AsSpan(0, record.Length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    private static void Execute(in Session session, in ReceivedRecord record, ReadOnlySpan<byte> frame)
    {
        session.Worker.Counters.Commands++;
        var pending = CommandExecution.Execute(session, record, frame);
        if (pending is not null)
        {
            session.Client.IsBusy = true;
            _ = PendingCommand.FinishAsync(session, pending);
        }
    }
}
