using System.Diagnostics;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Devices;

/// <summary>
/// The line to a port: a queue that drains at the line's rate, then the way. Frames stay in order, so one list holds those that wait,
/// those that travel and those that have arrived. Guarded by its port's lock.
/// </summary>
internal sealed class SimulatedLine(long timestampFrequency)
{
    private readonly FramePool _pool = new();
    private FrameBuffer? _first;
    private FrameBuffer? _last;
    private FrameBuffer? _firstQueued;
    private FrameBuffer? _lent;
    private int _queuedBytes;
    private int _heldBytes;
    private LineRate _rate = new(timestampFrequency);

    public long Dropped { get; private set; }

    public long Marked { get; private set; }

    /// <summary>When the first frame arrives; <see cref="long.MaxValue"/> if none is under way.</summary>
    public long NextDue => _first?.Due ?? long.MaxValue;

    public void Enqueue(ReadOnlySpan<byte> frame, int networkOffset, int segmentSize, SimulatedPortOptions options, long now)
    {
        Drain(now);
        if (_queuedBytes + frame.Length > options.QueueLimit || _heldBytes + frame.Length > options.Capacity)
        {
            Dropped++;
            return;
        }

        var buffer = _pool.Rent(frame, segmentSize > 0 ? ChecksumValidation.Offloaded : ChecksumValidation.Software, segmentSize);
        if (_queuedBytes >= options.MarkingThreshold && CongestionMark.TryMark(buffer.Bytes[networkOffset..]))
        {
            Marked++;
        }

        Schedule(buffer, options, now);
        Append(buffer);
    }

    /// <summary>Lends the frames that have arrived until the next call.</summary>
    public int Receive(Span<ReceivedFrame> burst, long now)
    {
        _pool.ReturnAll(ref _lent);
        Drain(now);
        var count = 0;
        while (count < burst.Length && _first is { } buffer && buffer.Due <= now)
        {
            _first = buffer.Next;
            _heldBytes -= buffer.Length;
            burst[count++] = buffer.Received;
            buffer.Next = _lent;
            _lent = buffer;
        }

        _last = _first is null ? null : _last;
        return count;
    }

    /// <summary>Loses all that is under way, but not what is lent.</summary>
    public void Clear()
    {
        for (var buffer = _first; buffer is not null; buffer = buffer.Next)
        {
            Dropped++;
        }

        _pool.ReturnAll(ref _first);
        _last = _firstQueued = null;
        _queuedBytes = _heldBytes = 0;
        _rate = new(timestampFrequency);
    }

    // What has left no longer waits.
    private void Drain(long now)
    {
        while (_firstQueued is { } buffer && buffer.Departure <= now)
        {
            _queuedBytes -= buffer.Length;
            _firstQueued = buffer.Next;
        }
    }

    private void Schedule(FrameBuffer buffer, SimulatedPortOptions options, long now)
    {
        buffer.Departure = _rate.Departure(buffer.Length, options.BitsPerSecond, now);
        buffer.Due = buffer.Departure + (long)(options.Latency.TotalSeconds * timestampFrequency);
    }

    private void Append(FrameBuffer buffer)
    {
        Debug.Assert(buffer.Next is null);
        if (_last is null)
        {
            _first = buffer;
        }
        else
        {
            _last.Next = buffer;
        }

        _last = buffer;
        _firstQueued ??= buffer;
        _queuedBytes += buffer.Length;
        _heldBytes += buffer.Length;
    }
}
