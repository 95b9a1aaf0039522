using Broadside.NetStack.Tcp.Congestion;
using Broadside.NetStack.Tcp.Recovery;

namespace Broadside.NetStack.Tests.Tcp.Recovery;

/// <summary>A transfer over a path that loses, delays and reorders; the sender is held to what its acknowledgments told it, byte by byte.</summary>
internal sealed class LossyPath
{
    private const int Length = 60_000;

    private readonly Random _random;
    private readonly LossRecovery _recovery;
    private readonly PriorityQueue<Action, (TimeSpan, int)> _events = new();
    private readonly bool[] _received = new bool[Length];
    private readonly bool[] _reported = new bool[Length];
    private readonly List<(int Left, int Right)> _runs = [];
    private readonly string _name;
    private readonly SequenceNumber _first;
    private readonly int _segmentSize;
    private readonly int _burst;
    private readonly double _loss;
    private readonly double _jitter;
    private readonly bool _sack;
    private readonly bool _timestamps;
    private readonly bool _reneges;
    private readonly bool _isBounded;
    private TimeSpan _now = TimeSpan.FromSeconds(1);
    private int _order;
    private int _receivedUpTo;
    private bool _hasReneged;

    public LossyPath(int seed)
    {
        _random = new(seed);
        _name = $"seed {seed}";
        _segmentSize = _random.Next(200, 1500);
        _burst = _random.Next(1, 12);
        _loss = _random.Next(3) * 0.04 * _random.NextDouble() * 4;
        _jitter = _random.Next(2) * 30 * _random.NextDouble();
        _sack = _random.Next(4) != 0;
        _timestamps = _random.Next(2) == 0;
        _reneges = _sack && _random.Next(8) == 0;
        _first = new((uint)_random.Next(int.MinValue, int.MaxValue));
        _isBounded = _random.Next(2) == 0;
        _recovery = new(new() { MaximumRanges = _isBounded ? 32 : 4096 });
        _recovery.Timer.Reset();
        _recovery.Start(
            new()
            {
                Next = _first,
                SegmentSize = _segmentSize,
                SackPermitted = _sack,
                Algorithm = (CongestionAlgorithm)_random.Next(2),
                IsPaced = _random.Next(2) == 0,
            },
            _now);
    }

    public RecoveryCounters Counters => _recovery.Counters;

    private int Unacknowledged => _recovery.Unacknowledged - _first;

    private int Next => _recovery.Next - _first;

    /// <summary>Runs until all is acknowledged.</summary>
    public void Run()
    {
        Transmit();
        for (var step = 0; Unacknowledged < Length; step++)
        {
            Assert.True(step < 200_000, $"{_name}: stuck at {Unacknowledged} of {Length}, at {_now}");
            Step();
            Check();
        }

        Assert.Equal((_name, TimeSpan.MaxValue), (_name, _recovery.NextDeadline));
        Assert.Equal((_name, 0), (_name, _recovery.BytesInFlight));
    }

    private void Step()
    {
        var deadline = _recovery.NextDeadline;
        var hasData = Next < Length && _recovery.LostBytes == 0 && _recovery.PacingDeadline > _now;
        var pacing = hasData ? _recovery.PacingDeadline : TimeSpan.MaxValue;
        var timer = deadline < pacing ? deadline : pacing;
        if (_events.TryPeek(out _, out var at) && at.Item1 <= timer)
        {
            _now = at.Item1;
            _events.Dequeue()();
        }
        else
        {
            Assert.True(timer < TimeSpan.MaxValue, $"{_name}: nothing will ever happen");
            _now = timer > _now ? timer : _now;
            if (_recovery.OnDeadline(_now) == RecoveryTimer.TailLossProbe)
            {
                Probe();
            }
        }

        Transmit();
    }

    private void Transmit()
    {
        while (_recovery.TryGetRetransmission(_segmentSize * _burst, out var start, out var length))
        {
            Assert.True(length > 0 && start >= _recovery.Unacknowledged && start + length <= _recovery.Next, _name);
            for (var offset = start - _first; offset < start - _first + length; offset++)
            {
                // A full scoreboard may ignore what is acknowledged selectively.
                Assert.False(_reported[offset] && !_isBounded, $"{_name}: {offset} is sent again, but was acknowledged");
            }

            Send(start - _first, length, SentKind.Retransmission);
        }

        while (_recovery.NewDataAllowance(_now) is var allowance && Next < Length && allowance >= Math.Min(_segmentSize, Length - Next))
        {
            Send(Next, Math.Min(Length - Next, Math.Min(allowance / _segmentSize, _burst) * _segmentSize is var whole and > 0 ? whole : allowance), SentKind.NewData);
        }
    }

    private void Probe()
    {
        if (Next < Length)
        {
            Send(Next, Math.Min(_segmentSize, Length - Next), SentKind.Probe);
        }
        else if (_recovery.TryGetProbe(out var start, out var length))
        {
            Send(start - _first, length, SentKind.Probe);
        }
    }

    private void Send(int offset, int length, SentKind kind)
    {
        _recovery.OnSent(_first + offset, length, kind, _now);
        var sentAt = TimeSpan.FromMilliseconds(Math.Floor(_now.TotalMilliseconds));
        for (var at = offset; at < offset + length; at += _segmentSize)
        {
            var (from, to) = (at, Math.Min(at + _segmentSize, offset + length));
            Deliver(() => Receive(from, to, sentAt));
        }
    }

    private void Deliver(Action arrive)
    {
        if (_random.NextDouble() >= _loss)
        {
            var delay = TimeSpan.FromMilliseconds(20 + (_random.Next(4) == 0 ? _jitter * _random.NextDouble() : 0));
            _events.Enqueue(arrive, (_now + delay, _order++));
        }
    }

    private void Receive(int from, int to, TimeSpan sentAt)
    {
        (int Left, int Right)? duplicate = _received.AsSpan(from, to - from).Contains(false) ? null : (from, to);
        if (_reneges && !_hasReneged && _runs.Count > 2)
        {
            _hasReneged = true;
            _received.AsSpan(_receivedUpTo).Clear();
            _runs.Clear();
        }

        _received.AsSpan(from, to - from).Fill(true);
        var upTo = _received.AsSpan(_receivedUpTo).IndexOf(false);
        _receivedUpTo = upTo < 0 ? Length : _receivedUpTo + upTo;
        if (from > _receivedUpTo)
        {
            var (left, right) = (from, to);
            _runs.RemoveAll(run => run.Left <= to && run.Right >= from && (left = Math.Min(left, run.Left)) >= 0 && (right = Math.Max(right, run.Right)) >= 0);
            _runs.Insert(0, (left, right));
        }

        _runs.RemoveAll(run => run.Right <= _receivedUpTo);
        var number = _receivedUpTo;
        var blocks = _runs.Select(run => (Left: Math.Max(run.Left, number), run.Right)).Prepend(duplicate ?? (0, 0)).Skip(duplicate is null ? 1 : 0).Take(3).ToArray();
        Deliver(() => Acknowledge(number, _sack ? blocks : [], sentAt));
    }

    private void Acknowledge(int number, (int Left, int Right)[] blocks, TimeSpan sentAt)
    {
        var acknowledgment = new Acknowledgment
        {
            Number = _first + number,
            Sack = new([.. blocks.Select(block => new SackBlock(_first + block.Left, _first + block.Right))]),
            EchoedAt = _timestamps ? sentAt : null,
            Sendable = Length - Next,
        };
        _recovery.OnAcknowledgment(in acknowledgment, _now);
        _reported.AsSpan(0, Math.Max(number, 0)).Fill(true);
        foreach (var (left, right) in blocks.Where(block => !_reneges))
        {
            _reported.AsSpan(left, right - left).Fill(true);
        }
    }

    private void Check()
    {
        Assert.True(_recovery.BytesInFlight >= 0 && _recovery.LostBytes >= 0 && _recovery.CongestionWindow >= _segmentSize, _name);
        Assert.True(_recovery.Outstanding == 0 || _recovery.NextDeadline < TimeSpan.MaxValue, $"{_name}: no timer runs");
        if (_sack)
        {
            Assert.Equal((_name, _recovery.Outstanding), (_name, _recovery.BytesInFlight + _recovery.LostBytes + _recovery.SackedBytes));
        }
    }
}
