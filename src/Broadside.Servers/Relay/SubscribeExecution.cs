namespace Broadside.Relay;

/// <summary>Executes SUBSCRIBE, UNSUBSCRIBE and their pattern forms.</summary>
internal static class SubscribeExecution
{
    private delegate void Confirmation(RespWriter writer, ReadOnlySpan<byte> name, int total);

    /// <summary>Subscribes to each name, and confirms each.</summary>
    public static void Subscribe(in Session session, in RespCommand command, bool isPattern)
    {
        var (relay, connection, client) = session;
        if (!IsAllowed(session, command))
        {
            return;
        }

        Confirmation confirm = isPattern ? PubSubMessages.PatternSubscribed : PubSubMessages.Subscribed;
        for (var index = 1; index < command.Count; index++)
        {
            var name = command[index];
            if (relay.Topics.Find(name, isPattern)?.Contains(connection, client.Version) == true)
            {
                confirm(session.Writer, name, client.TopicCount);
                continue;
            }

            // The confirmation is queued before any message can be; the client sees it only after this callback, when it is a member.
            confirm(session.Writer, name, client.TopicCount + 1);
            session.Flush(urgent: true);
            if (relay.Topics.Join(name, isPattern, connection, client.Version) is { } topic)
            {
                client.Add(topic);
            }
        }
    }

    /// <summary>Ends the named subscriptions, or all of the kind, and confirms each once it is drained.</summary>
    public static Task<RelayReply>? Unsubscribe(in Session session, in RespCommand command, bool isPattern)
    {
        var (relay, connection, client) = session;
        var total = client.TopicCount - (isPattern ? client.PatternCount : client.ChannelCount);
        if (command.Count == 1 && total == client.TopicCount)
        {
            ConfirmNothing(session.Writer, total, isPattern);
            return null;
        }

        Confirmation confirm = isPattern ? PubSubMessages.PatternUnsubscribed : PubSubMessages.Unsubscribed;
        var replies = new ReplyBuffer();
        var writer = new RespWriter(replies, client.Version);
        var leaving = new List<Task>();
        if (command.Count == 1)
        {
            foreach (var topic in client.Topics.ToArray())
            {
                if (topic.Pattern is not null == isPattern)
                {
                    leaving.Add(Leave(session, topic));
                    confirm(writer, topic.Name, client.TopicCount);
                }
            }
        }

        for (var index = 1; index < command.Count; index++)
        {
            if (relay.Topics.Find(command[index], isPattern) is { } topic && topic.Contains(connection, client.Version))
            {
                leaving.Add(Leave(session, topic));
            }

            confirm(writer, command[index], client.TopicCount);
        }

        if (leaving.Count > 0)
        {
            return ReplyWhenDrainedAsync(leaving, replies.Written.ToArray());
        }

        session.Writer.Raw(replies.Written);
        return null;
    }

    /// <summary>Ends all subscriptions. Ends when they are drained.</summary>
    public static List<Task> LeaveAll(in Session session)
    {
        var (_, connection, client) = session;
        var leaving = new List<Task>();
        foreach (var topic in client.TakeTopics())
        {
            leaving.Add(topic.LeaveAsync(connection, client.Version));
        }

        return leaving;
    }

    /// <summary>Replies once the client was sent what had been published before.</summary>
    public static async Task<RelayReply> ReplyWhenDrainedAsync(List<Task> leaving, byte[] reply)
    {
        await Task.WhenAll(leaving).ConfigureAwait(false);
        return new RelayReply(reply);
    }

    private static Task Leave(in Session session, Topic topic)
    {
        session.Client.Remove(topic);
        return topic.LeaveAsync(session.Connection, session.Client.Version);
    }

    private static bool IsAllowed(in Session session, in RespCommand command)
    {
        if (session.Client.TopicCount + command.Count - 1 > RelayLimits.MaximumSubscriptions)
        {
            session.Writer.Error(RedisErrors.TooManySubscriptions);
            return false;
        }

        for (var index = 1; index < command.Count; index++)
        {
            if (command[index].Length > RelayLimits.MaximumName)
            {
                session.Writer.Error(RedisErrors.NameTooLong);
                return false;
            }
        }

        return true;
    }

    private static void ConfirmNothing(RespWriter writer, int total, bool isPattern)
    {
        if (isPattern)
        {
            PubSubMessages.PatternUnsubscribedFromNothing(writer, total);
        }
        else
        {
            PubSubMessages.UnsubscribedFromNothing(writer, total);
        }
    }
}
