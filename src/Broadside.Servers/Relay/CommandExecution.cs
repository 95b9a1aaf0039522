namespace Broadside.Relay;

/// <summary>Executes commands: finds out which, whether the client may, and has it done.</summary>
internal static class CommandExecution
{
    /// <summary>Executes a command. Replies go to the worker's buffer.</summary>
    /// <param name="session">Whose.</param>
    /// <param name="record">The command as it arrived, to be kept where it has to wait.</param>
    /// <param name="frame">Its bytes.</param>
    /// <returns>Null if it is finished; else its reply to come.</returns>
    public static Task<RelayReply>? Execute(in Session session, in ReceivedRecord record, ReadOnlySpan<byte> frame)
    {
        var (_, _, client) = session;
        if (!RespCommand.TryParse(frame, session.Worker.Arguments, session.Writer, out var command) || !IsWithinLimits(session, command))
        {
            session.Close();
            return null;
        }

        if (command.Count == 0 || CommandTable.Find(command, session.Writer) is not { } description)
        {
            return null;
        }

        if (!client.IsAuthenticated && !description.IsAllowedUnauthenticated)
        {
            session.Writer.Error(RedisErrors.AuthenticationRequired);
            return null;
        }

        if (client.IsSubscribed && client.Version == RespVersion.Resp2 && !description.IsAllowedWhileSubscribed)
        {
            RedisErrors.NotWhileSubscribed(session.Writer, description);
            return null;
        }

        client.LastCommand = description;
        return Dispatch(session, description.Id, command, record);
    }

    private static Task<RelayReply>? Dispatch(in Session session, CommandId id, in RespCommand command, in ReceivedRecord record)
    {
        switch (id)
        {
            case CommandId.Publish:
                return PublishExecution.Publish(session, command, record);
            case CommandId.Unpublish:
                return PublishExecution.Unpublish(session, command);
            case CommandId.Subscribe or CommandId.PatternSubscribe:
                SubscribeExecution.Subscribe(session, command, id == CommandId.PatternSubscribe);
                return null;
            case CommandId.Unsubscribe or CommandId.PatternUnsubscribe:
                return SubscribeExecution.Unsubscribe(session, command, id == CommandId.PatternUnsubscribe);
            case CommandId.Hello:
                return ConnectionExecution.Hello(session, command);
            case CommandId.Reset:
                return ConnectionExecution.Reset(session);
            case CommandId.Auth or CommandId.Ping or CommandId.Echo or CommandId.Quit or CommandId.Select:
                ConnectionExecution.Execute(session, id, command);
                return null;
            case CommandId.ClientKill:
                return ClientExecution.Kill(session, command);
            case CommandId.ClientList:
                return ClientExecution.List(session, command);
            case CommandId.Client or CommandId.ClientGetName or CommandId.ClientHelp or CommandId.ClientId or CommandId.ClientInfo
                or CommandId.ClientSetInfo or CommandId.ClientSetName:
                ClientExecution.Execute(session, id, command);
                return null;
            default:
                ServerExecution.Execute(session, id, command);
                return null;
        }
    }

    // Redis reads no further where the framer, which does not know who authenticated, has.
    private static bool IsWithinLimits(in Session session, in RespCommand command)
    {
        if (session.Client.IsAuthenticated)
        {
            return true;
        }

        if (command.Count > RelayLimits.UnauthenticatedArguments)
        {
            RedisErrors.ProtocolError(session.Writer, RedisErrors.UnauthenticatedMultibulkLength);
            return false;
        }

        for (var index = 0; index < command.Count; index++)
        {
            if (command[index].Length > RelayLimits.UnauthenticatedArgument)
            {
                RedisErrors.ProtocolError(session.Writer, RedisErrors.UnauthenticatedBulkLength);
                return false;
            }
        }

        return true;
    }
}
