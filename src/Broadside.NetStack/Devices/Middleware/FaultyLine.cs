using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Devices;

/// <summary>One direction's faults: frames go in, and what is left of them comes out, when it is due.</summary>
internal sealed class FaultyLine(FaultOptions options, Random random, TimeProvider timeProvider)
{
    private const int BitsPerByte = 8;

    private readonly FramePool _pool = new();
    private readonly PriorityQueue<FrameBuffer, (long Due, long Number)> _held = new();
    private readonly long _frequency = timeProvider.TimestampFrequency;
    private FaultOptions _options = options;
    private LineRate _rate = new(timeProvider.TimestampFrequency);
    private FaultCounters _counters;
    private FrameBuffer? _lent;
    private bool _isBad;
    private long _number;
    private int _heldBytes;
    private long _lastDue;

    public FaultCounters Counters => _counters;

    public FaultOptions Options
    {
        get => _options;
        set
        {
            value.Validate();
            _options = value;
        }
    }

    /// <summary>When the first frame held is due; <see cref="long.MaxValue"/> if there is none.</summary>
    public long NextDue => _held.TryPeek(out _, out var priority) ? priority.Due : long.MaxValue;

    public void Offer(ReadOnlySpan<byte> frame, ChecksumValidation validation, int segmentSize)
    {
        _counters = _counters with { Offered = _counters.Offered + 1 };
        if (IsLost(frame))
        {
            _counters = _counters with { Lost = _counters.Lost + 1 };
            return;
        }

        Hold(frame, validation, segmentSize);
        if (Happens(_options.Duplication))
        {
            _counters = _counters with { Duplicated = _counters.Duplicated + 1 };
            Hold(frame, validation, segmentSize);
        }
    }

    /// <summary>The first frame that is due, which stays held.</summary>
    public FrameBuffer? Peek() =>
        _held.TryPeek(out var buffer, out var priority) && priority.Due <= timeProvider.GetTimestamp() ? buffer : null;

    /// <summary>Lets go of the first frame; its bytes stay as they are until <see cref="Reclaim"/>.</summary>
    public void Release()
    {
        var buffer = _held.Dequeue();
        _heldBytes -= buffer.Length;
        buffer.Next = _lent;
        _lent = buffer;
    }

    /// <summary>Takes back the frames let go of.</summary>
    public void Reclaim() => _pool.ReturnAll(ref _lent);

    private bool Happens(double probability) => probability > 0 && random.NextDouble() < probability;

    private bool IsLost(ReadOnlySpan<byte> frame)
    {
        // Each cause is asked, whatever the others say, so that one does not change what befalls later frames.
        var isDropped = _options.Drop?.Invoke(frame) ?? false;
        return IsLostInBurst() | Happens(_options.Loss) | isDropped || _heldBytes + frame.Length > _options.HoldLimit;
    }

    private bool IsLostInBurst()
    {
        if (_options.BurstLoss is not { } burst)
        {
            return false;
        }

        _isBad ^= Happens(_isBad ? burst.Recovery : burst.Worsening);
        return Happens(_isBad ? burst.LossWhenBad : burst.LossWhenGood);
    }

    private void Hold(ReadOnlySpan<byte> frame, ChecksumValidation validation, int segmentSize)
    {
        var buffer = _pool.Rent(frame, validation, segmentSize);
        if (Happens(_options.Corruption))
        {
            _counters = _counters with { Corrupted = _counters.Corrupted + 1 };
            Corrupt(buffer);
        }

        _heldBytes += buffer.Length;
        _held.Enqueue(buffer, (DueTime(buffer.Length), _number++));
    }

    private void Corrupt(FrameBuffer buffer)
    {
        var at = random.Next(buffer.Length);
        buffer.Bytes[at] ^= (byte)(random.Next(2) == 0 ? 1 << random.Next(BitsPerByte) : random.Next(1, 256));
        buffer.RequireValidation();
    }

    private long DueTime(int length)
    {
        var departure = _rate.Departure(length, _options.BitsPerSecond, timeProvider.GetTimestamp());
        var jitter = _options.Jitter > TimeSpan.Zero ? random.NextDouble() * _options.Jitter.TotalSeconds : 0;
        _lastDue = Math.Max(_lastDue, departure + (long)((_options.Delay.TotalSeconds + jitter) * _frequency));
        if (!Happens(_options.Reordering))
        {
            return _lastDue;
        }

        _counters = _counters with { Reordered = _counters.Reordered + 1 };
        return _lastDue + (long)(_options.ReorderingDelay.TotalSeconds * _frequency);
    }
}
