using System.Diagnostics;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Devices;

/// <summary>
/// One end of a wire between two processes of one machine, in memory that both have mapped. While the other end is free, because its
/// process closed it, was killed or never came, the link is down; it is up again when a process takes that end. There is one
/// peer and nobody to find, so packets have no link header.
/// </summary>
/// <remarks>
/// Nothing that the other process writes leads outside the memory or into an endless loop. That it does not truncate the file it must
/// be trusted with, as whoever may write to the file could also end this process.
/// </remarks>
internal sealed unsafe class SharedMemoryDevice : PacketDevice
{
    /// <summary>How soon it is noticed that the other process was killed, which tells nobody.</summary>
    public static readonly TimeSpan PeerCheckInterval = TimeSpan.FromMilliseconds(100);

    private const uint Present = 1;
    private const uint NextPresence = 2;

    private readonly Lock _lifetime = new();
    private readonly TimeProvider _timeProvider;
    private readonly WireFile _file;
    private WireSide _own;
    private WireSide _other;
    private WireProducer _producer = null!;
    private WireConsumer _consumer = null!;
    private uint _presence;
    private uint _seenPresence;
    private long _lastPeerCheck;
    private long _transmitted;
    private int _isWoken;
    private volatile bool _isSleeping;
    private bool _isUp;
    private bool _isDisposed;

    /// <summary>Takes an end of the wire in a file, which is made if it is not there.</summary>
    /// <exception cref="DeviceFailedException">That cannot be; the message says why.</exception>
    public SharedMemoryDevice(string path, SharedMemoryOptions? options = null, TimeProvider? timeProvider = null)
    {
        options ??= new();
        options.Validate();
        Name = "shm:" + path;
        _timeProvider = timeProvider ?? TimeProvider.System;
        if (!OperatingSystem.IsLinux())
        {
            throw new DeviceFailedException($"{Name}: wires in shared memory need Linux.");
        }

        _file = WireFile.Open(path, options, Attach);
        ObservePeer(isCheckDue: true);
    }

    public override string Name { get; }

    public override LinkLayer LinkLayer => LinkLayer.None;

    public override MacAddress MacAddress => default;

    public override int MaximumTransmissionUnit => _file.Geometry.MaximumTransmissionUnit;

    public override bool IsUp => _isUp;

    public override long Transmitted => _transmitted;

    /// <summary>Which end this is.</summary>
    public WireRole Role => _file.Role;

    /// <summary>How many packets were taken for sending while the link was down or were too long for it.</summary>
    public long Lost { get; private set; }

    /// <summary>How many packets of impossible length the other side has put into its ring.</summary>
    public long Malformed => _consumer.Malformed;

    /// <summary>How often the other side has said what cannot be; the link is down then until another process takes its place.</summary>
    public long Violations { get; private set; }

    public override int Receive(Span<ReceivedFrame> burst)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ObservePeer(isCheckDue: false);
        if (!_isUp)
        {
            return 0;
        }

        var count = _consumer.Read(burst);
        if (count > 0)
        {
            _other.RingIfAsleep(SleepReason.Room);
        }
        else if (_consumer.IsBroken)
        {
            Break();
        }
        else if (_timeProvider.GetElapsedTime(_lastPeerCheck) > PeerCheckInterval)
        {
            ObservePeer(isCheckDue: true);
        }

        return count;
    }

    public override bool TryTransmit(in OutgoingFrame frame)
    {
        Debug.Assert(frame.SegmentSize == 0);
        if (!_isUp || frame.Length > MaximumTransmissionUnit)
        {
            _transmitted++;
            Lost++;
            return true;
        }

        if (_producer.TryWrite(frame))
        {
            _transmitted++;
            return true;
        }

        // Without what is still to be published the other side could make no room.
        Flush();
        if (_producer.IsBroken)
        {
            Break();
        }

        return false;
    }

    public override void Flush()
    {
        if (_isUp && _producer.Publish())
        {
            _other.RingIfAsleep(SleepReason.Packets);
        }
    }

    public override void Wait(TimeSpan timeout, bool forRoom)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (ObservePeer(isCheckDue: false))
        {
            return;
        }

        var start = _timeProvider.GetTimestamp();
        var reason = forRoom ? SleepReason.Packets | SleepReason.Room : SleepReason.Packets;
        while (true)
        {
            var left = timeout == Timeout.InfiniteTimeSpan ? PeerCheckInterval : timeout - _timeProvider.GetElapsedTime(start);
            var seen = _own.PrepareToSleep(reason);
            _isSleeping = true;
            if (Interlocked.Exchange(ref _isWoken, 0) == 0 && !HasWork(forRoom) && left > TimeSpan.Zero)
            {
                SharedMemoryCalls.Sleep(_own.Doorbell, seen, left < PeerCheckInterval ? left : PeerCheckInterval);
            }
            else
            {
                left = TimeSpan.Zero;
            }

            _isSleeping = false;
            _own.StayUp();
            if (left <= TimeSpan.Zero || ObservePeer(isCheckDue: true))
            {
                return;
            }
        }
    }

    public override void Wake()
    {
        lock (_lifetime)
        {
            // A full barrier, as between the two sides.
            Interlocked.Exchange(ref _isWoken, 1);
            if (_isSleeping && !_isDisposed)
            {
                _own.Ring();
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        lock (_lifetime)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
        }

        Flush();
        _isUp = false;
        Volatile.Write(ref *_own.Presence, _presence & ~Present);
        _other.Ring();
        _file.Dispose();
    }

    private void Attach(WireFile file)
    {
        var (geometry, role) = (file.Geometry, file.Role);
        var memory = file.Memory;
        _own = new(memory + WireGeometry.SideOffset(role));
        _other = new(memory + WireGeometry.SideOffset(role.Other));
        _consumer = new(memory + geometry.RingOffset(role.Other), geometry, _own, _other);
        _producer = new(memory + geometry.RingOffset(role), geometry, _own, _other);
        _own.StayUp();

        // Release: who sees this side taken sees its counts as they were left above.
        _presence = (*_own.Presence | Present) + NextPresence;
        Volatile.Write(ref *_own.Presence, _presence);
        _other.Ring();
    }

    private bool HasWork(bool forRoom) => _isUp
        ? _consumer.HasPackets || (forRoom && _producer.HasRoom) || HasNews || _producer.IsBroken
        : forRoom || HasNews;

    // What was published before the other side went is received before the link goes down: the ends of its connections, for example.
    private bool HasLastWords => _isUp && _consumer.HasPackets && !_consumer.IsBroken;

    private bool HasNews => Volatile.Read(ref *_other.Presence) != _seenPresence;

    /// <summary>Finds out whether the other side is there. One that was killed still says so, but holds no lock.</summary>
    /// <returns>Whether the link went up or down, or the other side is another process now.</returns>
    private bool ObservePeer(bool isCheckDue)
    {
        var presence = Volatile.Read(ref *_other.Presence);
        var isNew = presence != _seenPresence;
        if (!isNew && !(isCheckDue && _isUp))
        {
            return false;
        }

        _lastPeerCheck = _timeProvider.GetTimestamp();
        var isThere = (presence & Present) != 0 && _file.IsOtherTaken;
        if ((!isNew && isThere == _isUp) || (!isThere && HasLastWords))
        {
            return false;
        }

        _seenPresence = presence;
        TakeDown();
        _isUp = isThere;
        return true;
    }

    // What we had not published is lost, and what is ours in the memory is said again for whoever comes.
    private void TakeDown()
    {
        _isUp = false;
        Volatile.Write(ref *_own.Presence, _presence);
        _producer.Restate();
        _consumer.Restate();
    }

    private void Break()
    {
        Violations++;
        TakeDown();
    }
}
