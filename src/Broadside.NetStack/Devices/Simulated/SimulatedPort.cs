using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Devices;

/// <summary>
/// A device on a simulated link or switch. In virtual time its owner goes to <see cref="NextDue"/> and receives; in real time
/// <see cref="Wait"/> sleeps until then. Ports of one wire may be used by different threads.
/// </summary>
internal sealed class SimulatedPort : PacketDevice
{
    private readonly object _lock = new();
    private readonly ISimulatedWire _wire;
    private readonly TimeProvider _timeProvider;
    private readonly SimulatedLine _line;
    private readonly byte[] _scratch = new byte[IPv6Packet.HeaderLength + ushort.MaxValue + EthernetFrame.HeaderLength];
    private volatile SimulatedPortOptions _options;
    private volatile bool _isUp = true;
    private bool _isWoken;
    private bool _isWaiting;
    private long _transmitted;
    private long _refused;

    internal SimulatedPort(ISimulatedWire wire, string name, MacAddress address, SimulatedPortOptions options, TimeProvider timeProvider)
    {
        options.Validate();
        _wire = wire;
        _options = options;
        _timeProvider = timeProvider;
        _line = new(timeProvider.TimestampFrequency);
        Name = name;
        MacAddress = address;
    }

    public override string Name { get; }

    public override LinkLayer LinkLayer => _wire.LinkLayer;

    public override MacAddress MacAddress { get; }

    public override int MaximumTransmissionUnit => _options.MaximumTransmissionUnit;

    public override int MaximumSegmentedLength => _options.MaximumSegmentedLength;

    public override bool IsUp => _isUp;

    public override long Transmitted => _transmitted;

    public override long NextDue
    {
        get
        {
            lock (_lock)
            {
                return _line.NextDue;
            }
        }
    }

    /// <summary>What the line to this port is like; may be changed at any time, for the frames to come.</summary>
    public SimulatedPortOptions Options
    {
        get => _options;
        set
        {
            value.Validate();
            _options = value;
        }
    }

    /// <summary>How many frames on their way to this port were lost: no place in the queue, or the link went down.</summary>
    public long Dropped => Count(static line => line.Dropped);

    /// <summary>How many packets on their way to this port were marked instead of dropped.</summary>
    public long Marked => Count(static line => line.Marked);

    /// <summary>How many frames from or to this port could not be carried: too long, not what they said, or the link was down.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    public override int Receive(Span<ReceivedFrame> burst)
    {
        lock (_lock)
        {
            return _line.Receive(burst, _timeProvider.GetTimestamp());
        }
    }

    public override bool TryTransmit(in OutgoingFrame frame)
    {
        _transmitted++;
        if (!_isUp)
        {
            return true;
        }

        if (frame.SegmentSize > 0)
        {
            TransmitSegments(frame);
        }
        else if (frame.Length - LinkLayer.HeaderLength > MaximumTransmissionUnit)
        {
            Refuse();
        }
        else
        {
            Forward(frame, segmentSize: 0);
        }

        return true;
    }

    public override void Flush()
    {
    }

    public override void Wait(TimeSpan timeout, bool forRoom)
    {
        lock (_lock)
        {
            var start = _timeProvider.GetTimestamp();
            while (!_isWoken && !forRoom && TimeLeft(start, timeout) is { } left)
            {
                _isWaiting = true;
                Monitor.Wait(_lock, left);
            }

            _isWaiting = _isWoken = false;
        }
    }

    public override void Wake()
    {
        lock (_lock)
        {
            _isWoken = true;
            Monitor.Pulse(_lock);
        }
    }

    /// <summary>Takes the link down, which loses all that is under way to this port, or up.</summary>
    public void SetLink(bool isUp)
    {
        lock (_lock)
        {
            _isUp = isUp;
            if (!isUp)
            {
                _line.Clear();
            }
        }

        Wake();
    }

    /// <summary>Puts a frame on the line to this port. From any port's thread.</summary>
    internal void Deliver(ReadOnlySpan<byte> frame, int segmentSize)
    {
        var options = _options;
        var packetLength = frame.Length - LinkLayer.HeaderLength;
        if (!_isUp || (segmentSize == 0 && packetLength > options.MaximumTransmissionUnit))
        {
            Refuse();
            return;
        }

        lock (_lock)
        {
            _line.Enqueue(frame, LinkLayer.HeaderLength, segmentSize, options, _timeProvider.GetTimestamp());
            if (_isWaiting)
            {
                _isWaiting = false;
                Monitor.Pulse(_lock);
            }
        }
    }

    protected override void Dispose(bool disposing) => SetLink(false);

    private void TransmitSegments(in OutgoingFrame frame)
    {
        if (frame.Length > MaximumSegmentedLength || !SegmentCutter.CanCut(frame, LinkLayer))
        {
            Refuse();
            return;
        }

        if (_options.JoinsSegments)
        {
            Forward(frame, frame.SegmentSize);
            return;
        }

        var cutter = new SegmentCutter(frame, LinkLayer);
        while (cutter.TryNext(_scratch, out var length))
        {
            if (length - LinkLayer.HeaderLength > MaximumTransmissionUnit)
            {
                Refuse();
            }
            else
            {
                _wire.Forward(this, _scratch.AsSpan(0, length), segmentSize: 0);
            }
        }
    }

    private void Forward(in OutgoingFrame frame, int segmentSize)
    {
        frame.CopyTo(_scratch);
        _wire.Forward(this, _scratch.AsSpan(0, frame.Length), segmentSize);
    }

    private void Refuse() => Interlocked.Increment(ref _refused);

    private long Count(Func<SimulatedLine, long> counter)
    {
        lock (_lock)
        {
            return counter(_line);
        }
    }

    /// <summary>How long to sleep on, rounded up to what a monitor counts in; null if no longer.</summary>
    private TimeSpan? TimeLeft(long start, TimeSpan timeout)
    {
        var now = _timeProvider.GetTimestamp();
        var left = timeout == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : timeout - _timeProvider.GetElapsedTime(start, now);
        if (_line.NextDue != long.MaxValue)
        {
            var untilDue = _timeProvider.GetElapsedTime(now, _line.NextDue);
            left = untilDue < left ? untilDue : left;
        }

        return left <= TimeSpan.Zero ? null : TimeSpan.FromMilliseconds(Math.Min(Math.Ceiling(left.TotalMilliseconds), int.MaxValue));
    }
}
