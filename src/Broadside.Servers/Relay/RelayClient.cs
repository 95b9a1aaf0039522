namespace Broadside.Relay;

/// <summary>
/// What the relay keeps of a client, in <see cref="RecordConnection.State"/>. Lean: an idle subscriber costs little else. Changed on
/// the connection's channel only; others may read, for lists of clients.
/// </summary>
internal sealed class RelayClient(RelayState relay, long now)
{
    // Most have one subscription: only from the second on is there an array.
    private Topic? _only;
    private Topic[]? _several;
    private bool _lastReplyWasUrgent = true;

    /// <summary>The relay it is connected to: an engine can serve several.</summary>
    public RelayState Relay => relay;

    /// <summary>When it connected, on the channel's clock.</summary>
    public long ConnectedAt { get; } = now;

    /// <summary>When it was last replied to, which is when it last said something.</summary>
    public long LastReplyAt { get; private set; } = now;

    /// <summary>What it asked for last.</summary>
    public CommandDescription? LastCommand { get; set; }

    /// <summary>What it said of itself; null: nothing.</summary>
    public ClientDetails? Details { get; set; }

    /// <summary>The version of the protocol it speaks.</summary>
    public RespVersion Version { get; set; } = RespVersion.Resp2;

    /// <summary>Whether it gave the password, if there is one.</summary>
    public bool IsAuthenticated { get; set; } = relay.Password is null;

    /// <summary>Whether a command of its is not finished: what follows waits unread.</summary>
    public bool IsBusy { get; set; }

    /// <summary>Whether it will send nothing more.</summary>
    public bool HasEnded { get; set; }

    /// <summary>Whether its connection is being closed: what follows is not read.</summary>
    public bool IsClosing { get; set; }

    /// <summary>The channels and patterns it is subscribed to.</summary>
    public ReadOnlySpan<Topic> Topics =>
        _several is not null ? _several.AsSpan(0, TopicCount) : _only is not null ? new ReadOnlySpan<Topic>(in _only) : [];

    /// <summary>How many of them there are.</summary>
    public int TopicCount { get; private set; }

    public int PatternCount { get; private set; }

    public int ChannelCount => TopicCount - PatternCount;

    public bool IsSubscribed => TopicCount > 0;

    public ClientType Type => IsSubscribed ? ClientType.PubSub : ClientType.Normal;

    public void Add(Topic topic)
    {
        if (TopicCount == 0)
        {
            _only = topic;
        }
        else
        {
            _several ??= [_only!];
            if (TopicCount == _several.Length)
            {
                Array.Resize(ref _several, TopicCount + (TopicCount / 4) + 1);
            }

            _several[TopicCount] = topic;
        }

        TopicCount++;
        PatternCount += topic.Pattern is null ? 0 : 1;
    }

    public void Remove(Topic topic)
    {
        var index = Topics.IndexOf(topic);
        if (index < 0)
        {
            return;
        }

        TopicCount--;
        PatternCount -= topic.Pattern is null ? 0 : 1;
        if (_several is not null)
        {
            _several[index] = _several[TopicCount];
            _several[TopicCount] = null!;
        }

        if (TopicCount <= 1)
        {
            (_only, _several) = (TopicCount == 0 ? null : _several![0], null);
        }
    }

    /// <summary>Forgets all subscriptions.</summary>
    public Topic[] TakeTopics()
    {
        var topics = Topics.ToArray();
        (_only, _several, TopicCount, PatternCount) = (null, null, 0, 0);
        return topics;
    }

    public void NoteReply(long now, bool urgent) => (LastReplyAt, _lastReplyWasUrgent) = (now, urgent);

    /// <summary>Whether something of normal urgency may still be queued that an urgent reply would overtake.</summary>
    public bool HasPendingReplies(RecordConnection connection) =>
        connection.QueuedBytes > 0 || (LastReplyAt == connection.Channel.Now && !_lastReplyWasUrgent);
}

/// <summary>What a client said of itself.</summary>
/// <param name="Name">CLIENT SETNAME.</param>
/// <param name="LibraryName">CLIENT SETINFO LIB-NAME.</param>
/// <param name="LibraryVersion">CLIENT SETINFO LIB-VER.</param>
internal sealed record ClientDetails(byte[] Name, byte[] LibraryName, byte[] LibraryVersion)
{
    public static ClientDetails None { get; } = new([], [], []);
}
