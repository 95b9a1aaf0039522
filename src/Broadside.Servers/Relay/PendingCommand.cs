using Broadside.Channels;
using Microsoft.Extensions.Logging;

namespace Broadside.Relay;

/// <summary>Finishes commands that have to wait. The client's later commands wait unread meanwhile, and its peer is held back by flow control.</summary>
internal static partial class PendingCommand
{
    /// <summary>Replies when <paramref name="command"/> has ended, and reads on.</summary>
    public static async Task FinishAsync(Session session, Task<RelayReply> command)
    {
        try
        {
            var reply = await command.ConfigureAwait(false);
            await session.Connection.Channel.SwitchTo();
            Finish(session, reply);
        }
        catch (Exception exception) when (exception is ObjectDisposedException or OperationCanceledException)
        {
            // The relay or its engine stops.
            session.Connection.Abort();
        }
        catch (Exception exception)
        {
            CommandFailed(session.Connection.Channel.Logger, exception, session.Connection.Id);
            session.Connection.Abort();
        }
    }

    private static void Finish(in Session session, RelayReply reply)
    {
        var (_, connection, client) = session;
        client.IsBusy = false;
        session.Writer.Raw(reply.Bytes);
        if (reply.Closes)
        {
            session.Close();
            return;
        }

        session.Flush();
        connection.ResumeReceive();
        if (client.HasEnded)
        {
            // Behind the resumption: what was received before is executed first.
            connection.Channel.Post(new CloseEnded(session));
        }
    }

    [LoggerMessage(EventId = 400, Level = LogLevel.Error, Message = "A command of client {Client} failed; its connection is reset.")]
    private static partial void CommandFailed(ILogger logger, Exception exception, long client);

    private sealed class CloseEnded(Session session) : ChannelWork
    {
        protected override void Run()
        {
            if (!session.Client.IsBusy && !session.Client.IsClosing)
            {
                session.Close();
            }
        }
    }
}
