namespace Broadside.Relay;

/// <summary>
/// A channel or pattern with subscribers: a group of them for each version of the protocol, as they receive different bytes. Safe for
/// use from any thread.
/// </summary>
/// <remarks>
/// Its lock makes joining, leaving and publishing one after another, so that subscribers of both versions receive its messages in the
/// same order. Once its last subscriber has left it is retired: taken out of the directory, never to be joined again.
/// </remarks>
internal sealed class Topic(TopicDirectory directory, byte[] name, bool isPattern)
{
    private RecordGroup? _resp2;
    private RecordGroup? _resp3;
    private MessageIds? _ids;
    private bool _isRetired;

    /// <summary>The channel's or pattern's name.</summary>
    public byte[] Name => name;

    /// <summary>What matches channel names; null for a channel.</summary>
    public GlobPattern? Pattern { get; } = isPattern ? new GlobPattern(name) : null;

    /// <summary>Taken while several members are used as one.</summary>
    public Lock Gate { get; } = new();

    /// <summary>How many subscribers there are.</summary>
    public int Count => (_resp2?.Count ?? 0) + (_resp3?.Count ?? 0);

    /// <summary>The subscribers that receive a version; null: there are none.</summary>
    public RecordGroup? GroupOf(RespVersion version) => version == RespVersion.Resp2 ? Volatile.Read(ref _resp2) : Volatile.Read(ref _resp3);

    /// <summary>Whether a connection is a subscriber.</summary>
    public bool Contains(RecordConnection connection, RespVersion version) => GroupOf(version)?.Contains(connection) ?? false;

    /// <summary>Adds a subscriber.</summary>
    /// <returns>Null if the topic is retired; false if the connection is over.</returns>
    public bool? TryJoin(RecordConnection connection, RespVersion version)
    {
        lock (Gate)
        {
            if (_isRetired)
            {
                return null;
            }

            ref var group = ref Slot(version);
            var joined = (group ??= directory.CreateGroup(this)).Add(connection);
            Tidy();
            return joined;
        }
    }

    /// <summary>Removes a subscriber once it was sent what had been published before.</summary>
    public Task LeaveAsync(RecordConnection connection, RespVersion version)
    {
        lock (Gate)
        {
            var left = GroupOf(version)?.RemoveAsync(connection) ?? Task.CompletedTask;
            Tidy();
            return left;
        }
    }

    /// <summary>Has a subscriber receive another version from the next message on. Ends when it was sent what came before.</summary>
    public Task MoveAsync(RecordConnection connection, RespVersion from, RespVersion to)
    {
        lock (Gate)
        {
            ref var group = ref Slot(to);
            (group ??= directory.CreateGroup(this)).Add(connection);
            return LeaveAsync(connection, from);
        }
    }

    /// <summary>Subscribers' connections have ended: retires the topic if they were the last.</summary>
    public void Tidy()
    {
        lock (Gate)
        {
            DisposeIfEmpty(ref _resp2);
            DisposeIfEmpty(ref _resp3);
            if (_resp2 is null && _resp3 is null && !_isRetired)
            {
                _isRetired = true;
                directory.Retire(this);
            }
        }
    }

    /// <summary>Remembers a message's sends for UNPUBLISH. Under the gate.</summary>
    public void Remember(byte[] key, ReadOnlySpan<GroupSend> sends) => (_ids ??= new MessageIds()).Remember(key, sends);

    /// <summary>Takes a message's sends, to withdraw them.</summary>
    public GroupSend[] TakeSends(byte[] key)
    {
        lock (Gate)
        {
            return _ids?.Take(key) ?? [];
        }
    }

    private static void DisposeIfEmpty(ref RecordGroup? group)
    {
        if (group is { Count: 0 })
        {
            // Those that leave are still sent what is theirs.
            group.Dispose();
            Volatile.Write(ref group, null);
        }
    }

    private ref RecordGroup? Slot(RespVersion version) => ref version == RespVersion.Resp2 ? ref _resp2 : ref _resp3;
}
