using System.Diagnostics;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Devices;

/// <summary>
/// A bad line: loses, doubles, reorders, corrupts and delays frames in either direction. All frames are copied, so those taken for
/// sending are completed at once, and none is longer than a packet may be.
/// </summary>
internal sealed class FaultInjection : PacketMiddleware
{
    private const int BurstLength = 64;

    private readonly ReceivedFrame[] _arrived = new ReceivedFrame[BurstLength];
    private readonly byte[] _scratch;
    private readonly TimeProvider _timeProvider;
    private readonly FaultyLine _outgoing;
    private readonly FaultyLine _incoming;
    private long _transmitted;
    private bool _isFull;

    /// <summary>Puts faults over a device, which becomes this one's own.</summary>
    public FaultInjection(PacketDevice inner, FaultOptions outgoing, FaultOptions incoming, Random random, TimeProvider timeProvider)
        : base(inner)
    {
        outgoing.Validate();
        incoming.Validate();
        _timeProvider = timeProvider;
        _scratch = new byte[inner.LinkLayer.HeaderLength + ushort.MaxValue];

        // Each direction has its own sequence, so that one does not change what befalls the other.
        _outgoing = new(outgoing, new Random(random.Next()), timeProvider);
        _incoming = new(incoming, new Random(random.Next()), timeProvider);
    }

    public override int MaximumSegmentedLength => 0;

    public override long Transmitted => _transmitted;

    public override long Completed => _transmitted;

    public override long NextDue => Math.Min(Inner.NextDue, Math.Min(_outgoing.NextDue, _incoming.NextDue));

    /// <summary>What goes wrong with frames sent; may be changed for those to come.</summary>
    public FaultOptions Outgoing
    {
        get => _outgoing.Options;
        set => _outgoing.Options = value;
    }

    /// <summary>What goes wrong with frames received; may be changed for those to come.</summary>
    public FaultOptions Incoming
    {
        get => _incoming.Options;
        set => _incoming.Options = value;
    }

    public FaultCounters OutgoingCounters => _outgoing.Counters;

    public FaultCounters IncomingCounters => _incoming.Counters;

    public override int Receive(Span<ReceivedFrame> burst)
    {
        Flush();
        _incoming.Reclaim();
        TakeArrived();
        var count = 0;
        while (count < burst.Length && _incoming.Peek() is { } buffer)
        {
            burst[count++] = buffer.Received;
            _incoming.Release();
        }

        return count;
    }

    public override bool TryTransmit(in OutgoingFrame frame)
    {
        Debug.Assert(frame.SegmentSize == 0);
        if (_isFull)
        {
            TransmitDue();
        }

        if (_isFull)
        {
            return false;
        }

        _transmitted++;
        if (frame.Length <= _scratch.Length)
        {
            frame.CopyTo(_scratch);
            _outgoing.Offer(_scratch.AsSpan(0, frame.Length), ChecksumValidation.Software, segmentSize: 0);
        }

        return true;
    }

    public override void Flush()
    {
        TransmitDue();
        Inner.Flush();
    }

    public override void Wait(TimeSpan timeout, bool forRoom)
    {
        // Where the device below is full, what is due goes out once it has room.
        var due = _isFull ? _incoming.NextDue : Math.Min(_outgoing.NextDue, _incoming.NextDue);
        if (due != long.MaxValue)
        {
            var left = _timeProvider.GetElapsedTime(_timeProvider.GetTimestamp(), due);
            timeout = timeout == Timeout.InfiniteTimeSpan || left < timeout ? left : timeout;
        }

        if (timeout > TimeSpan.Zero || timeout == Timeout.InfiniteTimeSpan)
        {
            Inner.Wait(timeout, forRoom || _isFull);
        }
    }

    private void TakeArrived()
    {
        var count = Inner.Receive(_arrived);
        foreach (ref readonly var frame in _arrived.AsSpan(0, count))
        {
            _incoming.Offer(frame.Bytes, frame.Validation, frame.SegmentSize);
        }
    }

    private void TransmitDue()
    {
        _isFull = false;
        _outgoing.Reclaim();
        while (_outgoing.Peek() is { } buffer)
        {
            if (!Inner.TryTransmit(new OutgoingFrame { Headers = buffer.Bytes }))
            {
                _isFull = true;
                return;
            }

            _outgoing.Release();
        }
    }
}
