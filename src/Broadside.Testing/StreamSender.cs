using Broadside.Channels;

namespace Broadside.Testing;

/// <summary>
/// The sending half of a connection's transport: accepts batches as far as there is room, sends segments as far as the peer's
/// window allows, and releases batches once copied or acknowledged.
/// </summary>
internal sealed class StreamSender(SimulatedNetwork network, SimulatedConnection connection, TransportOptions options)
{
    private readonly List<SentBatch> _unreleased = [];
    private readonly Queue<Segment> _accepted = new();
    private readonly Queue<Segment> _departed = new();
    private readonly int _bufferSize = options.SendBufferSize ?? network.Options.SendBuffer;
    private SentBatch? _accepting;
    private int _nextExtent;
    private int _nextByte;
    private int _sentOfFirst;
    private long _unsent;
    private long _unacknowledged;
    private bool _isAttemptScheduled;
    private bool _isTransmissionScheduled;
    private bool _isShutdown;
    private bool _hasEnded;

    /// <summary>How many more bytes the peer takes.</summary>
    public int Window { get; set; }

    /// <summary>Whether the peer knows of the end of the stream and nothing awaits release.</summary>
    public bool IsOver { get; private set; }

    public bool HasReleasedAll => _unreleased.Count == 0;

    public SendStatus Send(SendBatch batch)
    {
        var sent = new SentBatch(batch, network.DrawIsCopied());
        _unreleased.Add(sent);
        _accepting = sent;
        _nextExtent = 0;
        _nextByte = 0;
        Accept();
        if (sent.Unaccepted > 0)
        {
            ScheduleAttempt();
            return SendStatus.Pending;
        }

        _accepting = null;
        if (!sent.IsCopied)
        {
            return SendStatus.Accepted;
        }

        _unreleased.Remove(sent);
        return SendStatus.Released;
    }

    public void Shutdown()
    {
        _isShutdown = true;
        EndWhenSent();
    }

    public void OnAcknowledged()
    {
        var segment = _departed.Dequeue();
        var batch = segment.Batch;
        _unacknowledged -= segment.Length;
        batch.Unacknowledged -= segment.Length;
        if (batch.Unacknowledged == 0 && !batch.IsCopied)
        {
            network.Schedule(network.Now + network.DrawReleaseDelay(), () => Release(batch));
        }

        ScheduleAttempt();
    }

    public void OnEndAcknowledged()
    {
        IsOver = true;
        connection.MarkReady();
    }

    public void OnWindow(int bytes)
    {
        Window += bytes;
        Transmit();
    }

    /// <summary>Gives every batch back because the connection failed. What is on its way arrives all the same.</summary>
    public void Fail()
    {
        foreach (var segment in _departed)
        {
            segment.Capture();
        }

        _accepting = null;
        _accepted.Clear();
        foreach (var batch in _unreleased)
        {
            connection.QueueReleased(batch.Batch);
        }

        _unreleased.Clear();
    }

    private void ScheduleAttempt()
    {
        if (_accepting is not null && !_isAttemptScheduled && Room > 0)
        {
            _isAttemptScheduled = true;
            network.Schedule(network.Now, Attempt);
        }
    }

    private void Attempt()
    {
        _isAttemptScheduled = false;
        if (_accepting is not { } batch)
        {
            return;
        }

        Accept();
        if (batch.Unaccepted > 0)
        {
            ScheduleAttempt();
            return;
        }

        _accepting = null;
        connection.QueueAccepted(batch.Batch);
        if (batch.IsCopied)
        {
            Release(batch);
        }

        EndWhenSent();
    }

    private long Room
    {
        get
        {
            var room = _bufferSize - _unacknowledged;
            return options.UnsentLimit > 0 ? Math.Min(room, options.UnsentLimit - _unsent) : room;
        }
    }

    private void Accept()
    {
        var room = Math.Min(Room, network.DrawAccept());
        var accepted = 0L;
        while (accepted < room && _accepting!.Unaccepted > 0)
        {
            var extent = _accepting.Batch.Extents[_nextExtent];
            var count = (int)Math.Min(extent.Length - _nextByte, room - accepted);
            ReadOnlyMemory<byte> bytes = extent.Memory.Slice(_nextByte, count);
            _accepted.Enqueue(new Segment(_accepting.IsCopied ? bytes.ToArray() : bytes, _accepting));
            _accepting.Unaccepted -= count;
            accepted += count;
            _nextByte += count;
            if (_nextByte == extent.Length)
            {
                _nextExtent++;
                _nextByte = 0;
            }
        }

        _unsent += accepted;
        _unacknowledged += accepted;
        connection.Channel.Counters.CountSend(accepted);
        Transmit();
    }

    private void Transmit()
    {
        while (_accepted.TryPeek(out var first) && Window > 0)
        {
            if (connection.Outgoing.FreeAt > network.Now)
            {
                ScheduleTransmission();
                return;
            }

            var length = Math.Min(Math.Min(first.Length - _sentOfFirst, Window), network.Options.MaximumSegment);
            var segment = new Segment(first.Bytes.Slice(_sentOfFirst, length), first.Batch);
            _sentOfFirst += length;
            if (_sentOfFirst == first.Length)
            {
                _accepted.Dequeue();
                _sentOfFirst = 0;
            }

            _unsent -= length;
            Window -= length;
            _departed.Enqueue(segment);
            connection.Transmit(segment);
        }

        EndWhenSent();
        ScheduleAttempt();
    }

    private void ScheduleTransmission()
    {
        if (!_isTransmissionScheduled)
        {
            _isTransmissionScheduled = true;
            network.Schedule(connection.Outgoing.FreeAt, () =>
            {
                _isTransmissionScheduled = false;
                Transmit();
            });
        }
    }

    private void EndWhenSent()
    {
        if (_isShutdown && !_hasEnded && _accepting is null && _accepted.Count == 0)
        {
            _hasEnded = true;
            connection.Outgoing.Send(new Message(SimulatedEventKind.EndOfStream));
        }
    }

    private void Release(SentBatch batch)
    {
        if (_unreleased.Remove(batch))
        {
            connection.QueueReleased(batch.Batch);
        }
    }
}
