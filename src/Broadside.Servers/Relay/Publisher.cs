using System.Runtime.InteropServices;

namespace Broadside.Relay;

/// <summary>Sends a message to a channel and the patterns it matches: encoded once for each of them and each version it is read in.</summary>
/// <remarks>One for each channel of the engine, used on its thread.</remarks>
internal sealed class Publisher(Arena arena, TopicDirectory topics)
{
    /// <summary>What is no longer is encoded here and copied into the groups' logs; what is longer, in memory of its own.</summary>
    private const int LargestCopied = 4096;

    private readonly ReplyBuffer _encoded = new();
    private readonly RecordWriter _writer = new(arena);
    private readonly List<GroupSend> _sent = [];

    // Of the arena's bytes: past it only receiving and replying go on.
    private readonly long _memoryLimit = arena.MaximumBytes - (arena.MaximumBytes / RelayLimits.ArenaReserve);

    /// <summary>Publishes.</summary>
    /// <param name="message">What.</param>
    /// <param name="sentBefore">Where it was sent in vain attempts before, and is not sent again; null at the first.</param>
    /// <returns>What became of it.</returns>
    public PublishResult Publish(in PublishOptions message, Dictionary<RecordGroup, SendReceipt>? sentBefore)
    {
        if (arena.AllocatedBytes + message.Message.Length > _memoryLimit)
        {
            return PublishResult.NoMemory;
        }

        _sent.Clear();
        try
        {
            var result = default(PublishResult);
            if (topics.Find(message.Channel, false) is { } channel && !TrySend(channel, message, sentBefore, ref result))
            {
                return result;
            }

            foreach (var pattern in topics.Patterns)
            {
                if (pattern.Pattern!.IsMatch(message.Channel) && !TrySend(pattern, message, sentBefore, ref result))
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

    private bool TrySend(Topic topic, in PublishOptions message, Dictionary<RecordGroup, SendReceipt>? sentBefore, ref PublishResult result)
    {
        var length = LengthOf(topic, message);
        if (length <= LargestCopied)
        {
            _encoded.Clear();
            Encode(new RespWriter(_encoded, RespVersion.Resp2), topic, message);
        }

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
                if (sentBefore?.TryGetValue(group, out receipt) != true && !TrySend(group, topic, version, length, message, options, out receipt))
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
        RecordGroup group, Topic topic, RespVersion version, int length, in PublishOptions message, in SendOptions options, out SendReceipt receipt)
    {
        if (length <= LargestCopied)
        {
            // A push differs from an array in its first byte only.
            _encoded.Written[0] = version == RespVersion.Resp3 ? (byte)'>' : (byte)'*';
            return group.TrySend(_encoded.Written, out receipt, options);
        }

        // One run of memory, where it can be.
        _writer.GetSpan(Math.Min(length, Arena.MaximumExtent));
        Encode(new RespWriter(_writer, version), topic, message);
        using var record = _writer.Seal();
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

    private static void Encode(RespWriter writer, Topic topic, in PublishOptions message)
    {
        if (topic.Pattern is null)
        {
            PubSubMessages.Message(writer, message.Channel, message.Message);
        }
        else
        {
            PubSubMessages.PatternMessage(writer, topic.Name, message.Channel, message.Message);
        }
    }
}
