using System.Collections.Concurrent;

namespace Broadside.Relay;

/// <summary>The channels and patterns that have subscribers. Safe for use from any thread; finding one allocates nothing.</summary>
internal sealed class TopicDirectory
{
    private const int LoggedName = 64;

    private readonly RecordEngine _engine;
    private readonly GroupOptions _options;
    private readonly Action<SlowMemberEvent> _onSlowMember;
    private readonly ConcurrentDictionary<byte[], Topic> _channels = new(BytesComparer.Instance);
    private readonly ConcurrentDictionary<byte[], Topic> _patterns = new(BytesComparer.Instance);
    private readonly ConcurrentDictionary<byte[], Topic>.AlternateLookup<ReadOnlySpan<byte>> _channelLookup;
    private readonly ConcurrentDictionary<byte[], Topic>.AlternateLookup<ReadOnlySpan<byte>> _patternLookup;
    private readonly Lock _patternGate = new();
    private Topic[] _patternList = [];

    public TopicDirectory(RecordEngine engine, GroupOptions options, Action<SlowMemberEvent> onSlowMember)
    {
        _engine = engine;
        _options = options;
        _onSlowMember = onSlowMember;
        _channelLookup = _channels.GetAlternateLookup<ReadOnlySpan<byte>>();
        _patternLookup = _patterns.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>The patterns now, oldest first.</summary>
    public ReadOnlySpan<Topic> Patterns => Volatile.Read(ref _patternList);

    /// <summary>How many patterns have subscribers.</summary>
    public int PatternCount => Patterns.Length;

    /// <summary>How many channels have subscribers.</summary>
    public int ChannelCount => _channels.Count;

    /// <summary>The channels now.</summary>
    public IEnumerable<Topic> Channels() => _channels.Values;

    /// <summary>Finds a channel or pattern that has subscribers.</summary>
    public Topic? Find(ReadOnlySpan<byte> name, bool isPattern) =>
        (isPattern ? _patternLookup : _channelLookup).TryGetValue(name, out var topic) ? topic : null;

    /// <summary>Subscribes a connection.</summary>
    /// <returns>What to; null if the connection is over.</returns>
    public Topic? Join(ReadOnlySpan<byte> name, bool isPattern, RecordConnection connection, RespVersion version)
    {
        while (true)
        {
            var topic = Find(name, isPattern) ?? Add(name, isPattern);
            if (topic.TryJoin(connection, version) is { } joined)
            {
                return joined ? topic : null;
            }
        }
    }

    /// <summary>Takes a topic out that has no subscribers any more. Under its gate.</summary>
    public void Retire(Topic topic)
    {
        if (topic.Pattern is null)
        {
            _channels.TryRemove(new KeyValuePair<byte[], Topic>(topic.Name, topic));
            return;
        }

        lock (_patternGate)
        {
            _patterns.TryRemove(new KeyValuePair<byte[], Topic>(topic.Name, topic));
            _patternList = [.. _patternList.Where(other => !ReferenceEquals(other, topic))];
        }
    }

    public RecordGroup CreateGroup(Topic topic)
    {
        var group = _engine.CreateGroup(Printable(topic.Name), _options);
        group.SlowMember += _onSlowMember;
        return group;
    }

    private Topic Add(ReadOnlySpan<byte> name, bool isPattern)
    {
        if (!isPattern)
        {
            var bytes = name.ToArray();
            return _channels.GetOrAdd(bytes, new Topic(this, bytes, false));
        }

        lock (_patternGate)
        {
            if (Find(name, true) is { } existing)
            {
                return existing;
            }

            var topic = new Topic(this, name.ToArray(), true);
            _patterns[topic.Name] = topic;
            _patternList = [.. _patternList, topic];
            return topic;
        }
    }

    // The name goes into logs.
    private static string Printable(ReadOnlySpan<byte> name) => string.Create(Math.Min(name.Length, LoggedName), name, static (text, bytes) =>
    {
        for (var index = 0; index < text.Length; index++)
        {
            text[index] = bytes[index] is >= 0x20 and < 0x7F ? (char)bytes[index] : '?';
        }
    });
}
