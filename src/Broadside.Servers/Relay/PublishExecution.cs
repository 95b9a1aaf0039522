namespace Broadside.Relay;

/// <summary>Executes PUBLISH and UNPUBLISH.</summary>
internal static class PublishExecution
{
    /// <summary>PUBLISH: replies how many will receive it. Waits where subscribers lag and the policy is to wait for them.</summary>
    public static Task<RelayReply>? Publish(in Session session, in RespCommand command, in ReceivedRecord record)
    {
        var writer = session.Writer;
        if (!TryParse(command, writer, out var message))
        {
            return null;
        }

        if (session.Client.IsSubscribed)
        {
            // What it receives of this is to stand behind the replies before.
            session.Flush();
        }

        var result = TryPublish(session, message, record);
        if (result.Full is null)
        {
            Finish(session, writer, result);
            return null;
        }

        session.Worker.Counters.Waits++;
        try
        {
            return PublishWhenPossibleAsync(session, record.ToRecord(), result);
        }
        catch (ArenaExhaustedException)
        {
            Finish(session, writer, PublishResult.NoMemory);
            return null;
        }
    }

    /// <summary>UNPUBLISH: replies from how many the message could be withdrawn.</summary>
    public static Task<RelayReply>? Unpublish(in Session session, in RespCommand command)
    {
        var channel = command[1];
        var id = command[2];
        var sends = new List<GroupSend>();
        if (channel.Length <= RelayLimits.MaximumName && id.Length <= RelayLimits.MaximumName)
        {
            var name = MessageName.Of(channel, id);
            sends.AddRange(session.Relay.Topics.Find(channel, false)?.TakeSends(name) ?? []);
            foreach (var pattern in session.Relay.Topics.Patterns)
            {
                if (pattern.Pattern!.IsMatch(channel))
                {
                    sends.AddRange(pattern.TakeSends(name));
                }
            }
        }

        if (sends.Count > 0)
        {
            return WithdrawAsync(session, sends);
        }

        session.Writer.Integer(0);
        return null;
    }

    private static async Task<RelayReply> WithdrawAsync(Session session, List<GroupSend> sends)
    {
        var withdrawn = 0L;
        foreach (var send in sends)
        {
            withdrawn += (await send.UnsendAsync().ConfigureAwait(false)).Withdrawn;
        }

        await session.Connection.Channel.SwitchTo();
        session.Worker.Counters.Withdrawn += withdrawn;
        return RelayReply.Of(session.Client.Version, writer => writer.Integer(withdrawn));
    }

    private static async Task<RelayReply> PublishWhenPossibleAsync(Session session, Record command, PublishResult result)
    {
        using (command)
        {
            var bytes = new byte[command.Length];
            while (result.Full is { } full)
            {
                await full.WaitForSpaceAsync(result.Length, session.Relay.Stopping.Token).ConfigureAwait(false);
                await session.Connection.Channel.SwitchTo();
                result = PublishAgain(session, command, bytes, result.SentBefore);
            }
        }

        return RelayReply.Of(session.Client.Version, writer => Finish(session, writer, result));
    }

    private static PublishResult TryPublish(in Session session, in PublishOptions message, in ReceivedRecord record)
    {
        try
        {
            using var command = Publisher.NeedsCommand(message) ? record.ToRecord() : default;
            return session.Worker.Publisher.Publish(message, command, null);
        }
        catch (ArenaExhaustedException)
        {
            return PublishResult.NoMemory;
        }
    }

    private static PublishResult PublishAgain(in Session session, Record command, byte[] bytes, Dictionary<RecordGroup, SendReceipt>? sentBefore)
    {
        command.CopyTo(bytes);
        var writer = new RespWriter(new ReplyBuffer(), session.Client.Version);
        return RespCommand.TryParse(bytes, session.Worker.Arguments, writer, out var parsed) && TryParse(parsed, writer, out var message)
            ? session.Worker.Publisher.Publish(message, command, sentBefore)
            : default;
    }

    private static void Finish(in Session session, RespWriter writer, in PublishResult result)
    {
        var counters = session.Worker.Counters;
        if (result.IsRefused)
        {
            counters.Refused++;
            writer.Error(RedisErrors.OutOfMemory);
            return;
        }

        counters.Published++;
        counters.Deliveries += result.Receivers;
        writer.Integer(result.Receivers);
    }

    private static bool TryParse(in RespCommand command, RespWriter errors, out PublishOptions message)
    {
        if (!PublishOptions.TryParse(command, errors, out message))
        {
            return false;
        }

        if (message.Channel.Length > RelayLimits.MaximumName || message.Key.Length > RelayLimits.MaximumName || message.Id.Length > RelayLimits.MaximumName)
        {
            errors.Error(RedisErrors.NameTooLong);
            return false;
        }

        return true;
    }
}
