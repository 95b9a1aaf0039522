namespace Broadside.Relay;

/// <summary>A client while a command of its is executed, on its connection's channel.</summary>
/// <param name="Relay">The relay.</param>
/// <param name="Connection">The client's connection.</param>
/// <param name="Client">What is kept of it.</param>
internal readonly record struct Session(RelayState Relay, RecordConnection Connection, RelayClient Client)
{
    public RelayWorker Worker => Relay.Workers[Connection.Channel.Index];

    /// <summary>Writes replies in the client's version.</summary>
    public RespWriter Writer => new(Worker.Replies, Client.Version);

    /// <summary>Sends what was replied so far.</summary>
    /// <param name="urgent">
    /// Whether no message may overtake it, however urgent: a client's first subscription must be confirmed before its first message.
    /// Where other replies are pending, it stays behind them.
    /// </param>
    public void Flush(bool urgent = false)
    {
        var replies = Worker.Replies;
        if (replies.Length == 0)
        {
            return;
        }

        urgent &= !Client.HasPendingReplies(Connection);
        try
        {
            Connection.TrySend(replies.Written, out _, urgent ? RecordPriority.Urgent : RecordPriority.Normal);
            Client.NoteReply(Connection.Channel.Now, urgent);
        }
        catch (ArenaExhaustedException)
        {
            // A client that misses a reply would take each for another's.
            Client.IsClosing = true;
            Connection.Abort();
        }
        finally
        {
            replies.Clear();
        }
    }

    /// <summary>Closes the connection once all replies are sent; nothing more is read.</summary>
    public void Close()
    {
        Flush();
        Client.IsClosing = true;
        _ = Connection.CloseAsync();
    }
}
