namespace Broadside.Channels;

/// <summary>
/// A queue with many producers and one consumer, who takes all at once. Lock-free: producers push onto a list whose order the
/// consumer restores.
/// </summary>
internal struct WorkQueue
{
    private ChannelWork? _head;

    public readonly bool IsEmpty => _head is null;

    public void Push(ChannelWork item)
    {
        var head = Volatile.Read(ref _head);
        while (true)
        {
            item.Next = head;
            var seen = Interlocked.CompareExchange(ref _head, item, head);
            if (ReferenceEquals(seen, head))
            {
                return;
            }

            head = seen;
        }
    }

    /// <summary>Everything pushed so far as a list linked by <see cref="ChannelWork.Next"/>, oldest first.</summary>
    public ChannelWork? TakeAll()
    {
        if (Volatile.Read(ref _head) is null)
        {
            return null;
        }

        var item = Interlocked.Exchange(ref _head, null);
        ChannelWork? ordered = null;
        while (item is not null)
        {
            var next = item.Next;
            item.Next = ordered;
            ordered = item;
            item = next;
        }

        return ordered;
    }
}
