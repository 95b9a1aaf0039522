using Broadside.Channels;

namespace Broadside.Sockets;

/// <summary>
/// Socket calls that have ended, on their way from the pool's threads to the channel's: many producers, one consumer, one work item
/// for however many wait.
/// </summary>
internal sealed class CompletionQueue(SocketsChannel channel) : ChannelWork
{
    private SocketOperation? _head;

    /// <summary>Appends an operation. From any thread.</summary>
    public void Push(SocketOperation operation)
    {
        var head = Volatile.Read(ref _head);
        while (true)
        {
            operation.Next = head;
            var seen = Interlocked.CompareExchange(ref _head, operation, head);
            if (ReferenceEquals(seen, head))
            {
                break;
            }

            head = seen;
        }

        // Whoever finds the queue empty posts it; the others' operations are taken along.
        if (head is null)
        {
            channel.PostCompletion(this);
        }
    }

    protected internal override void Run()
    {
        for (var operation = TakeAll(); operation is not null;)
        {
            var next = operation.Next;
            operation.Next = null;
            try
            {
                operation.Complete();
            }
            catch (Exception exception)
            {
                ChannelLog.WorkFaulted(channel.Logger, exception, channel.Index);
            }

            operation = next;
        }
    }

    /// <summary>Everything pushed so far, oldest first.</summary>
    private SocketOperation? TakeAll()
    {
        var operation = Interlocked.Exchange(ref _head, null);
        SocketOperation? ordered = null;
        while (operation is not null)
        {
            var next = operation.Next;
            operation.Next = ordered;
            ordered = operation;
            operation = next;
        }

        return ordered;
    }
}
