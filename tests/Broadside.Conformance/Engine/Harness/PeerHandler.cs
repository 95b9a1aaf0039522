namespace Broadside.Conformance.Engine.Harness;

/// <summary>Makes a <see cref="Peer"/> of every connection and checks what holds for all of them.</summary>
public sealed class PeerHandler(BackendFixture fixture) : IRecordHandler
{
    private readonly List<Peer> _peers = [];

    public delegate void ReceivedAction(Peer peer, in ReceivedRecord record);

    /// <summary>Called for each record, on the channel's thread.</summary>
    public ReceivedAction? WhenReceived { get; set; }

    public Action<Peer>? WhenConnected { get; set; }

    public Action<Peer>? WhenPeerClosed { get; set; }

    /// <summary>The most records read in one call; the rest is left unread.</summary>
    public int ReadLimit { get; set; } = int.MaxValue;

    /// <summary>Whether a connection is closed when its peer has closed.</summary>
    public bool ClosesAfterPeer { get; set; } = true;

    public int Count
    {
        get
        {
            lock (_peers)
            {
                return _peers.Count;
            }
        }
    }

    public Peer[] Peers()
    {
        lock (_peers)
        {
            return [.. _peers];
        }
    }

    public void OnConnected(RecordConnection connection)
    {
        CheckThread(connection);
        var peer = new Peer(fixture, connection);
        connection.State = peer;
        lock (_peers)
        {
            _peers.Add(peer);
        }

        WhenConnected?.Invoke(peer);
        fixture.Signal();
    }

    public void OnReceived(RecordConnection connection, ref RecordBatch records)
    {
        CheckThread(connection);
        var peer = (Peer)connection.State!;
        peer.NoteBatch();
        var count = 0;
        for (; count < ReadLimit && records.TryRead(out var record); count++)
        {
            if (record.IsContiguous)
            {
                peer.Note(record.Span);
            }
            else
            {
                var copy = new byte[record.Length];
                record.CopyTo(copy);
                peer.Note(copy);
            }

            WhenReceived?.Invoke(peer, record);
        }

        if (count == 0)
        {
            fixture.Violate("called without a whole record");
        }
    }

    public void OnPeerClosed(RecordConnection connection)
    {
        CheckThread(connection);
        var peer = (Peer)connection.State!;
        peer.NotePeerClosed();
        WhenPeerClosed?.Invoke(peer);
        if (ClosesAfterPeer)
        {
            _ = connection.CloseAsync();
        }
    }

    public void OnClosed(RecordConnection connection, CloseReason reason, Exception? error)
    {
        CheckThread(connection);
        ((Peer)connection.State!).NoteClosed(error);
    }

    private void CheckThread(RecordConnection connection)
    {
        if (!connection.Channel.IsOnThread)
        {
            fixture.Violate("a callback on a thread not the channel's");
        }
    }
}
