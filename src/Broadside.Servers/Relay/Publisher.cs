using System.Runtime.InteropServices;

namespace Broadside.Relay;

/// <summary>Sends a message to a channel and the patterns it matches: encoded once for each of them and each version it is read in.</summary>
/// <remarks>One for each channel of the engine, used on its thread.</remarks>
internal sealed class Publisher(Arena arena, TopicDirectory topics)
{
    // What is no longer is encoded here and copied into the groups' logs. Of what is longer only the head is encoded: the message goes
    // on in the memory it arrived in.
    private const int LargestCopied = 4096;

    private const int LineEnd = 2;

    private readonly ReplyBuffer _encoded = new();
    private readonly RecordWriter _writer = new(arena);
    private readonly List<GroupSend> _sent = [];

    // Of the arena's bytes: past it only receiving and replying go on.
    private readonly long _memoryLimit = arena.MaximumBytes - (arena.MaximumBytes / RelayLimits.ArenaReserve);

    /// <summary>Publishes.</summary>
    /// <param name="message">What.</param>
    /// <param name="command">The command it came in; see <see cref="NeedsCommand"/>.</param>
    /// <param name="sentBefore">Where it was sent in vain attempts before, and is not sent again; null at the first.</param>
    /// <returns>What became of it.</returns>
    public PublishResult Publish(in PublishOptions message, Record command, Dictionary<RecordGroup, SendReceipt>? sentBefore)
    {
        if (arena.AllocatedBytes + message.Message.Length > _memoryLimit)
        {
            return PublishResult.NoMemory;
        }

        _sent.Clear();
        try
        {
            using var body = BodyOf(message, command);
            var result = default(PublishResult);
            if (topics.Find(message.Channel, false) is { } channel && !TrySend(channel, message, body, sentBefore, ref result))
            {
                return result;
            }

            foreach (var pattern in topics.Patterns)
            {
                if (pattern.Pattern!.IsMatch(message.Channel) && !TrySend(pattern, message, body, sentBefore, ref result))
                {
                    return result;
                }
            }

            return result;
        }
        catch (ArenaExhaustedException)
        {
            _writer.Discard();
            return PublishResult.NoMemory;
        }
        finally
        {
            _sent.Clear();
        }
    }

    /// <summary>Whether the command is sent on with the message: it is kept then, not copied.</summary>
    public static bool NeedsCommand(in PublishOptions message) => message.Message.Length > LargestCopied && message.MessageStart is not null;

    // What follows the head of a large message; none for a small one.
    private Record BodyOf(in PublishOptions message, Record command)
    {
        if (message.Message.Length <= LargestCopied)
        {
            return default;
        }

        if (message.MessageStart is not null)
        {
            return command.Duplicate();
        }

        // One run of memory, where it can be.
        _writer.GetSpan(Math.Min(message.Message.Length + LineEnd, Arena.MaximumExtent));
        new RespWriter(_writer, RespVersion.Resp2).BulkBody(message.Message);
        return _writer.Seal();
    }

    private bool TrySend(
        Topic topic, in PublishOptions message, Record body, Dictionary<RecordGroup, SendReceipt>? sentBefore, ref PublishResult result)
    {
        var length = LengthOf(topic, message);
        _encoded.Clear();
        Encode(new RespWriter(_encoded, RespVersion.Resp2), topic, message);
        var options = new SendOptions
        {
            Priority = message.Priority,
            Expiry = message.Expiry,
            Key = KeyOf(message),
        };
        var first = _sent.Count;
        lock (topic.Gate)
        {
            for (var version = RespVersion.Resp2; version <= RespVersion.Resp3; version++)
            {
                if (topic.GroupOf(version) is not { } group)
                {
                    continue;
                }

                var receipt = default(SendReceipt);
                if (sentBefore?.TryGetValue(group, out receipt) != true && !TrySend(group, version, message, body, options, out receipt))
                {
                    result = new PublishResult { Full = group, Length = length, SentBefore = Union(sentBefore) };
                    return false;
                }

                _sent.Add(new GroupSend(group, receipt));
                result = result with { Receivers = result.Receivers + receipt.Members };
            }

            if (!message.Id.IsEmpty && _sent.Count > first)
            {
                topic.Remember(MessageName.Of(message.Channel, message.Id), CollectionsMarshal.AsSpan(_sent)[first..]);
            }
        }

        return true;
    }

    private bool TrySend(
        RecordGroup group, RespVersion version, in PublishOptions message, Record body, in SendOptions options, out SendReceipt receipt)
    {
        // A push differs from an array in its first byte only.
        _encoded.Written[0] = version == RespVersion.Resp3 ? (byte)'>' : (byte)'*';
        if (message.Message.Length <= LargestCopied)
        {
            return group.TrySend(_encoded.Written, out receipt, options);
        }

        using var record = Record.Splice(arena, _encoded.Written, body, message.MessageStart ?? 0, message.Message.Length + LineEnd);
        return group.TrySend(record, out receipt, options);
    }

    private Dictionary<RecordGroup, SendReceipt> Union(Dictionary<RecordGroup, SendReceipt>? sentBefore)
    {
        var union = sentBefore ?? [];
        foreach (var (group, receipt) in _sent)
        {
            union[group] = receipt;
        }

        return union;
    }

    private static RecordKey? KeyOf(in PublishOptions message) =>
        message.Key.IsEmpty ? default(RecordKey?) : RecordKey.FromBytes(MessageName.Of(message.Channel, message.Key));

    private static int LengthOf(Topic topic, in PublishOptions message) => (int)(topic.Pattern is null
        ? PubSubMessages.MessageLength(message.Channel.Length, message.Message.Length)
        : PubSubMessages.PatternMessageLength(topic.Name.Length, message.Channel.Length, message.Message.Length));

    // The message, or the head of a large one.
    private static void Encode(RespWriter writer, Topic topic, in PublishOptions message)
    {
        if (topic.Pattern is null)
        {
            PubSubMessages.MessageHead(writer, message.Channel, message.Message.Length);
        }
        else
        {
            PubSubMessages.PatternMessageHead(writer, topic.Name, message.Channel, message.Message.Length);
        }

        if (message.Message.Length <= LargestCopied)
        {
            writer.BulkBody(message.Message);
        }
    }
}
