using Broadside.Channels;

namespace Broadside.Testing;

/// <summary>
/// The receiving half of a connection's transport: keeps what arrived until the handler takes it, and tells the peer how much was
/// taken so that it may send as much again.
/// </summary>
internal sealed class StreamReceiver(SimulatedConnection connection, SimulatedChannel channel)
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(10);

    private readonly ByteQueue _received = new();
    private readonly RetryTimer _retry = new(connection);
    private Extent _into;
    private int _filled;
    private bool _isDiscarding;
    private bool _hasEnded;

    public bool IsPaused { get; set; }

    /// <summary>Whether the handler was told of the end of the stream, or closed and need not be told.</summary>
    public bool IsEndReported { get; private set; }

    public void OnData(Segment segment)
    {
        if (_isDiscarding)
        {
            Open(segment.Length);
            return;
        }

        _received.Write(segment.Batch.IsCopied ? segment.Bytes : segment.Bytes.ToArray());
        connection.MarkReady();
    }

    public void OnEnd()
    {
        _hasEnded = true;
        IsEndReported |= _isDiscarding;
        connection.MarkReady();
    }

    public void ReceiveInto(Extent extent)
    {
        if (!_into.IsEmpty)
        {
            throw new InvalidOperationException("The previous extent is not full yet.");
        }

        if (!_isDiscarding)
        {
            _into = extent;
            _filled = 0;
        }
    }

    /// <summary>Drops what has arrived and what will: nobody reads any more.</summary>
    public void Discard()
    {
        _isDiscarding = true;
        IsEndReported |= _hasEnded;
        Open(_received.Clear());
        _into = default;
        channel.Cancel(_retry);
    }

    /// <summary>Gives the handler what there is, as far as it wants it.</summary>
    public void Deliver()
    {
        var taken = 0;
        while (!_isDiscarding && _received.Length > 0)
        {
            if (!_into.IsEmpty)
            {
                taken += FillExtent();
            }
            else if (IsPaused)
            {
                break;
            }
            else if (channel.TryRentReceiveBuffer(out var buffer))
            {
                taken += DeliverSegment(buffer);
            }
            else
            {
                // The arena tells nobody when there is room again, so time does; meanwhile the peer is held back.
                channel.Schedule(_retry, RetryInterval);
                break;
            }
        }

        Open(taken);
        if (_hasEnded && !_isDiscarding && !IsEndReported && _received.Length == 0 && (!IsPaused || !_into.IsEmpty))
        {
            IsEndReported = true;
            connection.ReportPeerClosed();
        }
    }

    private int FillExtent()
    {
        var read = _received.Read(_into.Span[_filled..]);
        _filled += read;
        channel.Counters.CountReceive(read);
        if (_filled == _into.Length)
        {
            var full = _into;
            _into = default;
            connection.ReportExtentReceived(full);
        }

        return read;
    }

    private int DeliverSegment(SharedBuffer buffer)
    {
        var read = _received.Read(buffer.Extent.Span);
        channel.Counters.CountReceive(read);
        connection.ReportReceived(new ReceivedSegment(buffer, 0, read));
        channel.ReturnReceiveBuffer(read);
        return read;
    }

    private void Open(int bytes)
    {
        if (bytes > 0 && !connection.IsOver)
        {
            connection.Outgoing.Send(new Message(SimulatedEventKind.Window, bytes));
        }
    }

    private sealed class RetryTimer(SimulatedConnection connection) : ChannelTimer
    {
        protected override void OnDue() => connection.MarkReady();
    }
}
