namespace Broadside.Relay;

/// <summary>The sends of one channel or pattern that UNPUBLISH can name: those of the newest ids.</summary>
internal sealed class MessageIds
{
    private readonly Dictionary<byte[], LinkedListNode<Entry>> _entries = new(BytesComparer.Instance);
    private readonly LinkedList<Entry> _oldestFirst = new();

    /// <summary>Remembers a message's sends. An id used before names the new message from now on.</summary>
    public void Remember(byte[] key, ReadOnlySpan<GroupSend> sends)
    {
        if (_entries.Remove(key, out var previous))
        {
            _oldestFirst.Remove(previous);
        }
        else if (_entries.Count == RelayLimits.MaximumIds)
        {
            _entries.Remove(_oldestFirst.First!.Value.Key);
            _oldestFirst.RemoveFirst();
        }

        _entries.Add(key, _oldestFirst.AddLast(new Entry(key, sends.ToArray())));
    }

    /// <summary>Finds a message's sends, and forgets them: they can be withdrawn once.</summary>
    public GroupSend[] Take(byte[] key)
    {
        if (!_entries.Remove(key, out var entry))
        {
            return [];
        }

        _oldestFirst.Remove(entry);
        return entry.Value.Sends;
    }

    private readonly record struct Entry(byte[] Key, GroupSend[] Sends);
}

/// <summary>One send to one group.</summary>
internal readonly record struct GroupSend(RecordGroup Group, SendReceipt Receipt)
{
    public ValueTask<UnsendResult> UnsendAsync() => Group.UnsendAsync(Receipt);
}
