namespace Broadside.Channels;

/// <summary>What a channel has done. Written on its thread only; read from any (a value may be slightly old, never torn).</summary>
public sealed class ChannelCounters
{
    private long _rounds;
    private long _waits;
    private long _workItems;
    private long _accepts;
    private long _acceptFailures;
    private long _connections;
    private long _receives;
    private long _receivedBytes;
    private long _sends;
    private long _sentBytes;
    private long _datagramsReceived;
    private long _datagramsSent;
    private long _datagramsDropped;

    /// <summary>Rounds of the channel's loop.</summary>
    public long Rounds => Volatile.Read(ref _rounds);

    /// <summary>Times the channel went to sleep for want of work.</summary>
    public long Waits => Volatile.Read(ref _waits);

    /// <summary>Work items run.</summary>
    public long WorkItems => Volatile.Read(ref _workItems);

    /// <summary>Connections accepted.</summary>
    public long Accepts => Volatile.Read(ref _accepts);

    /// <summary>Accepts that failed for want of descriptors or memory, and were tried again.</summary>
    public long AcceptFailures => Volatile.Read(ref _acceptFailures);

    /// <summary>Connections open now.</summary>
    public long Connections => Volatile.Read(ref _connections);

    /// <summary>Receive calls that brought bytes.</summary>
    public long Receives => Volatile.Read(ref _receives);

    /// <summary>Bytes received.</summary>
    public long ReceivedBytes => Volatile.Read(ref _receivedBytes);

    /// <summary>Send calls to the transport.</summary>
    public long Sends => Volatile.Read(ref _sends);

    /// <summary>Bytes the transport accepted.</summary>
    public long SentBytes => Volatile.Read(ref _sentBytes);

    /// <summary>Datagrams delivered to handlers.</summary>
    public long DatagramsReceived => Volatile.Read(ref _datagramsReceived);

    /// <summary>Datagrams the transport took.</summary>
    public long DatagramsSent => Volatile.Read(ref _datagramsSent);

    /// <summary>Datagrams dropped: too long to receive whole, or no room to send.</summary>
    public long DatagramsDropped => Volatile.Read(ref _datagramsDropped);

    /// <summary>Counts a round that ran <paramref name="workItems"/> work items.</summary>
    /// <param name="workItems">Work items run.</param>
    public void CountRound(int workItems)
    {
        Add(ref _rounds, 1);
        Add(ref _workItems, workItems);
    }

    /// <summary>Counts a sleep.</summary>
    public void CountWait() => Add(ref _waits, 1);

    /// <summary>Counts an accepted connection.</summary>
    public void CountAccept() => Add(ref _accepts, 1);

    /// <summary>Counts an accept that failed and will be tried again.</summary>
    public void CountAcceptFailure() => Add(ref _acceptFailures, 1);

    /// <summary>Counts a connection that opened (1) or ended (-1).</summary>
    /// <param name="change">1 or -1.</param>
    public void CountConnection(int change) => Add(ref _connections, change);

    /// <summary>Counts a receive.</summary>
    /// <param name="bytes">Bytes it brought.</param>
    public void CountReceive(long bytes)
    {
        Add(ref _receives, 1);
        Add(ref _receivedBytes, bytes);
    }

    /// <summary>Counts a send call.</summary>
    /// <param name="bytes">Bytes the transport accepted.</param>
    public void CountSend(long bytes)
    {
        Add(ref _sends, 1);
        Add(ref _sentBytes, bytes);
    }

    /// <summary>Counts datagrams.</summary>
    /// <param name="received">Delivered to handlers.</param>
    /// <param name="sent">Taken by the transport.</param>
    /// <param name="dropped">Dropped.</param>
    public void CountDatagrams(int received, int sent, int dropped)
    {
        Add(ref _datagramsReceived, received);
        Add(ref _datagramsSent, sent);
        Add(ref _datagramsDropped, dropped);
    }

    // One writer, so no interlocked operation; the volatile write keeps readers from seeing a torn or stale-for-ever value.
    private static void Add(ref long counter, long change) => Volatile.Write(ref counter, counter + change);
}
