namespace Broadside.Relay;

/// <summary>Executes what asks about the server: COMMAND, CONFIG, INFO and PUBSUB.</summary>
internal static class ServerExecution
{
    public static void Execute(in Session session, CommandId id, in RespCommand command)
    {
        var writer = session.Writer;
        switch (id)
        {
            case CommandId.Command:
                CommandReplies.Info(writer);
                break;
            case CommandId.CommandCount:
                CommandReplies.Count(writer);
                break;
            case CommandId.CommandList when command.Count > 2:
                writer.Error(RedisErrors.Syntax);
                break;
            case CommandId.CommandList:
                CommandReplies.List(writer);
                break;
            case CommandId.CommandInfo when command.Count > 2:
                CommandReplies.Info(writer, command);
                break;
            case CommandId.CommandInfo:
                CommandReplies.Info(writer);
                break;
            case CommandId.CommandDocs when command.Count > 2:
                CommandReplies.Docs(writer, command);
                break;
            case CommandId.CommandDocs:
                CommandReplies.Docs(writer);
                break;
            case CommandId.CommandHelp:
                HelpReplies.Command(writer);
                break;
            case CommandId.Info:
                InfoReply.Write(writer, session.Relay, command);
                break;
            case CommandId.ConfigGet:
                ConfigReply.Write(writer, session.Relay, command);
                break;
            case CommandId.ConfigHelp:
                HelpReplies.Config(writer);
                break;
            default:
                PubSub(session, id, command);
                break;
        }
    }

    private static void PubSub(in Session session, CommandId id, in RespCommand command)
    {
        var writer = session.Writer;
        var topics = session.Relay.Topics;
        switch (id)
        {
            case CommandId.PubSubChannels when command.Count > 3:
                RedisErrors.SubcommandSyntax(writer, "PUBSUB"u8, command[1]);
                break;
            case CommandId.PubSubChannels:
                WriteChannels(writer, topics, new GlobPattern(command.Count > 2 ? command[2] : "*"u8));
                break;
            case CommandId.PubSubNumSub:
                writer.ArrayHeader(2 * (command.Count - 2));
                for (var index = 2; index < command.Count; index++)
                {
                    writer.Bulk(command[index]);
                    writer.Integer(topics.Find(command[index], false)?.Count ?? 0);
                }

                break;
            case CommandId.PubSubNumPat:
                writer.Integer(topics.PatternCount);
                break;
            default:
                HelpReplies.PubSub(writer);
                break;
        }
    }

    // A channel whose last subscriber is just closing has none already.
    private static void WriteChannels(RespWriter writer, TopicDirectory topics, GlobPattern pattern)
    {
        var all = pattern.Bytes.SequenceEqual("*"u8);
        var matching = topics.Channels().Where(topic => (all || pattern.IsMatch(topic.Name)) && topic.Count > 0).ToList();
        writer.ArrayHeader(matching.Count);
        foreach (var topic in matching)
        {
            writer.Bulk(topic.Name);
        }
    }
}
