namespace Broadside.Channels;

/// <summary>
/// A queue with many producers and one consumer, who takes all at once. Lock-free: producers push onto a list whose order the
/// consumer restores. Once sealed it takes nothing more, so that whatever a push accepted has been or will be taken.
/// </summary>
internal struct WorkQueue
{
    private static readonly ChannelWork Sealed = new ActionWork(static () => { });

    private ChannelWork? _head;

    public readonly bool IsEmpty => _head is null || ReferenceEquals(_head, Sealed);

    /// <summary>Appends an item; false once the queue is sealed.</summary>
    public bool TryPush(ChannelWork item)
    {
        var head = Volatile.Read(ref _head);
        while (true)
        {
            if (ReferenceEquals(head, Sealed))
            {
                return false;
            }

            item.Next = head;
            var seen = Interlocked.CompareExchange(ref _head, item, head);
            if (ReferenceEquals(seen, head))
            {
                return true;
            }

            head = seen;
        }
    }

    /// <summary>Refuses any further push, provided that the queue is empty. Called by the consumer.</summary>
    public bool TrySeal() => Interlocked.CompareExchange(ref _head, Sealed, null) is null;

    /// <summary>Everything pushed so far as a list linked by <see cref="ChannelWork.Next"/>, oldest first.</summary>
    public ChannelWork? TakeAll()
    {
        if (IsEmpty)
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
