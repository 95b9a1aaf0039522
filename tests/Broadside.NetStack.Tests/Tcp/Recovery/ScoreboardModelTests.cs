using Broadside.NetStack.Tcp.Recovery;

namespace Broadside.NetStack.Tests.Tcp.Recovery;

/// <summary>The scoreboard against a list of bytes, each with its own state.</summary>
public sealed class ScoreboardModelTests
{
    private const int SegmentSize = 10;

    [Theory]
    [InlineData(4096)]
    [InlineData(16)]
    public void It_agrees_with_a_list_of_bytes(int maximumRanges)
    {
        for (var seed = 0; seed < 300; seed++)
        {
            new Run(seed, maximumRanges).Check(300);
        }
    }

    private sealed class Run(int seed, int maximumRanges)
    {
        private readonly Random _random = new(seed);
        private readonly Scoreboard _scoreboard = new(maximumRanges);
        private readonly List<Byte> _bytes = [];
        private readonly Delivery _delivery = new(new(RecoveryOptions.Default));
        private readonly bool _isExact = maximumRanges > 1000;

        // Joined as sacked, ranges forget when they were sent.
        private bool _knowsTimes = maximumRanges > 1000;
        private SequenceNumber _first;
        private TimeSpan _now;

        public void Check(int steps)
        {
            _first = new((uint)_random.Next(int.MinValue, int.MaxValue));
            _scoreboard.Start(_first, SegmentSize);
            for (var step = 0; step < steps; step++)
            {
                _now += TimeSpan.FromTicks(_random.Next(2));
                Act();
                Compare($"seed {seed} step {step}");
            }
        }

        private void Act()
        {
            switch (_random.Next(12))
            {
                case < 4:
                    Send(_random.Next(1, 60));
                    break;
                case < 7 when _bytes.Count > 0:
                    Sack();
                    break;
                case 7 when _bytes.Count > 0:
                    Acknowledge(_random.Next(_bytes.Count + 1));
                    break;
                case 8:
                    MarkLost();
                    break;
                case < 11:
                    Retransmit();
                    break;
                case 11 when _random.Next(10) == 0:
                    _scoreboard.ForgetSacks();
                    _knowsTimes = false;
                    Change(state => state == RangeState.Sacked, RangeState.Lost);
                    break;
                case 11 when _random.Next(10) == 0:
                    _scoreboard.MarkNoneLost();
                    Change(state => state == RangeState.Lost, RangeState.InFlight);
                    break;
            }
        }

        private void Send(int length)
        {
            if (!_scoreboard.IsFull)
            {
                _scoreboard.Append(length, _now);
                _bytes.AddRange(Enumerable.Repeat(new Byte(RangeState.InFlight, _now), length));
            }
        }

        private void Sack()
        {
            var left = _random.Next(_bytes.Count);
            var right = _random.Next(left, _bytes.Count) + 1;
            _delivery.Reset(default, null, _now);
            _scoreboard.Sack(new(_first + left, _first + right), _delivery);
            var sacked = 0;
            for (var index = left; index < right; index++)
            {
                // A full scoreboard may ignore a part, but then all of a range.
                if (_bytes[index].State != RangeState.Sacked && (_isExact || StateAt(index) == RangeState.Sacked))
                {
                    _bytes[index] = _bytes[index] with { State = RangeState.Sacked };
                    sacked++;
                }
            }

            Assert.Equal(sacked, _delivery.SackedBytes);
            Assert.Equal(sacked, _delivery.Bytes);
        }

        private void Acknowledge(int count)
        {
            _delivery.Reset(default, null, _now);
            _scoreboard.Acknowledge(_first + count, _delivery);
            Assert.Equal(_bytes.Take(count).Count(item => item.State != RangeState.Sacked), _delivery.Bytes);
            _bytes.RemoveRange(0, count);
            _first += count;
        }

        private void MarkLost()
        {
            var index = _scoreboard.OldestInFlight;
            for (var skip = _random.Next(4); skip > 0 && index != Scoreboard.None; skip--)
            {
                index = _scoreboard.NextInFlight(index);
            }

            if (index == Scoreboard.None)
            {
                return;
            }

            var range = _scoreboard[index];
            _scoreboard.MarkLost(index);
            for (var at = range.Start - _first; at < range.End - _first; at++)
            {
                _bytes[at] = _bytes[at] with { State = RangeState.Lost };
            }
        }

        private void Retransmit()
        {
            var maximum = _random.Next(1, 40);
            var firstLost = _bytes.FindIndex(item => item.State == RangeState.Lost);
            Assert.Equal(firstLost >= 0, _scoreboard.TryGetLost(maximum, out var start, out var length));
            if (firstLost < 0)
            {
                return;
            }

            Assert.Equal(firstLost, start - _first);
            Assert.Equal(_bytes.Skip(firstLost).TakeWhile(item => item.State == RangeState.Lost).Take(maximum).Count(), length);
            _scoreboard.Retransmit(start, length, _now);
            for (var index = 0; index < _bytes.Count; index++)
            {
                var isInside = index >= firstLost && index < firstLost + length;
                if (isInside || (!_isExact && StateAt(index) != _bytes[index].State))
                {
                    _bytes[index] = new(RangeState.InFlight, _now);
                }
            }
        }

        private void Change(Func<RangeState, bool> condition, RangeState state)
        {
            for (var index = 0; index < _bytes.Count; index++)
            {
                if (condition(_bytes[index].State))
                {
                    _bytes[index] = _bytes[index] with { State = state };
                }
            }
        }

        private RangeState StateAt(int offset)
        {
            for (var index = _scoreboard.FirstRange; ; index = _scoreboard.NextRange(index))
            {
                if (_scoreboard[index].End > _first + offset)
                {
                    return _scoreboard[index].State;
                }
            }
        }

        private void Compare(string place)
        {
            Assert.True(_scoreboard.Count <= maximumRanges, place);
            Assert.Equal(_first, _scoreboard.Unacknowledged);
            Assert.Equal(_bytes.Count, _scoreboard.Outstanding);
            Assert.Equal((place, Count(RangeState.InFlight)), (place, _scoreboard.InFlightBytes));
            Assert.Equal((place, Count(RangeState.Lost)), (place, _scoreboard.LostBytes));
            Assert.Equal((place, Count(RangeState.Sacked)), (place, _scoreboard.SackedBytes));
            CompareRanges(place);
            CompareOrder(place);
        }

        private int Count(RangeState state) => _bytes.Count(item => item.State == state);

        private void CompareRanges(string place)
        {
            var expected = _first;
            for (var index = _scoreboard.FirstRange; index != Scoreboard.None; index = _scoreboard.NextRange(index))
            {
                var range = _scoreboard[index];
                Assert.Equal((place, expected), (place, range.Start));
                Assert.True(range.Length > 0 && range.Segments > 0, place);
                var bytes = _bytes.GetRange(range.Start - _first, range.Length);
                Assert.True(bytes.TrueForAll(item => item.State == range.State), place);
                Assert.True(!_knowsTimes || range.State == RangeState.Sacked || bytes.TrueForAll(item => item.SentAt == range.SentAt), place);
                expected = range.End;
            }

            Assert.Equal((place, _scoreboard.Next), (place, expected));
        }

        private void CompareOrder(string place)
        {
            var (bytes, last) = (0, TimeSpan.Zero);
            for (var index = _scoreboard.OldestInFlight; index != Scoreboard.None; index = _scoreboard.NextInFlight(index))
            {
                Assert.True(_scoreboard[index].SentAt >= last, place);
                last = _scoreboard[index].SentAt;
                bytes += _scoreboard[index].Length;
            }

            Assert.Equal((place, _scoreboard.InFlightBytes), (place, bytes));
        }

        private readonly record struct Byte(RangeState State, TimeSpan SentAt);
    }
}
