using System.Buffers.Binary;
using Broadside.Channels;
using Broadside.Groups;

namespace Broadside.Core.Tests.Groups;

/// <summary>Latest groups against a plain dictionary, over random programs of two interleaved channels.</summary>
public sealed class LatestModelTests
{
    private const int KeyCount = 12;
    private const int ReceiverCount = 5;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void MembersEndUpWithTheNewestOfEveryKey(bool keepsPlace)
    {
        for (var seed = 0; seed < 150; seed++)
        {
            try
            {
                new Model(seed, keepsPlace).Run();
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Seed {seed}.", exception);
            }
        }
    }

    [Fact]
    public void AKeyThatAlwaysChangesIsNotPutOffForEver()
    {
        using var world = new World(keepsPlace: true);
        var receiver = world.Join(withSnapshot: true);
        receiver.Status = SendStatus.Pending;
        for (var key = 0; key < KeyCount; key++)
        {
            world.Set(key, 1);
        }

        world.Channel.RunRound();
        for (var update = 2; receiver.HasPending; update++)
        {
            // Key 5 changes before each further record is bound; the quantum lets one record through at a time.
            world.Set(5, update);
            receiver.Accept();
            receiver.Release();
            world.Channel.RunRound();
            if (update == KeyCount)
            {
                break;
            }
        }

        Assert.Contains(world.Read(receiver), record => record.Key == 5);
    }

    [Fact]
    public void AStalledMemberHoldsNoMoreThanTheKeys()
    {
        using var world = new World(keepsPlace: false);
        var receiver = world.Join(withSnapshot: true);
        receiver.Status = SendStatus.Pending;
        world.Set(0, 1);
        world.Channel.RunRound();
        for (var value = 2; value < 5_000; value++)
        {
            world.Set(value % KeyCount, value);
            world.Channel.RunRound();
        }

        Assert.True(world.Arena.AllocatedBytes <= (KeyCount + 1) * 64);
        receiver.Status = SendStatus.Released;
        receiver.Accept();
        receiver.Release();
        world.Settle();
        Assert.Equal(Enumerable.Range(5_000 - KeyCount, KeyCount), world.Read(receiver).Skip(1).Select(record => record.Value));
    }

    [Fact]
    public void ASnapshotComesBeforeWhatFollows()
    {
        using var world = new World(keepsPlace: false);
        world.Set(1, 10);
        world.Set(2, 20);
        world.Set(1, 11);
        var full = world.Join(withSnapshot: true);
        var bare = world.Join(withSnapshot: false);
        world.Set(3, 30);
        world.Queue.TryRemove(2);
        world.Settle();
        Assert.Equal([(1, 11), (3, 30)], world.Read(full));
        Assert.Equal([(3, 30)], world.Read(bare));
        Assert.Equal(2, world.Queue.KeyCount);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AMemberThatRejoinsBeforeItsChannelRanStillEndsWithItsConnection(bool wasDraining)
    {
        using var world = new World(keepsPlace: false);
        var receiver = world.Join(withSnapshot: false);
        receiver.Status = SendStatus.Pending;
        world.Settle();
        if (wasDraining)
        {
            world.Set(1, 10);
            world.Settle();
            Assert.True(world.Queue.RemoveDrained(receiver.Outbox, null));
        }

        Assert.True(world.Queue.Remove(receiver.Outbox));
        Assert.Equal(!wasDraining, world.Queue.Add(receiver.Outbox, withSnapshot: false));
        world.Settle();
        Assert.True(!wasDraining || world.Queue.Add(receiver.Outbox, withSnapshot: false));
        world.Settle();

        receiver.Outbox.EndMemberships();
        Assert.Equal(0, world.Queue.Count);
    }

    /// <summary>One queue on one channel, with records of a key and a value, 8 bytes each.</summary>
    private sealed class World(bool keepsPlace) : IDisposable
    {
        private readonly SequenceClock _clock = new();
        private TestChannel? _channel;
        private LatestQueue? _queue;

        public Arena Arena { get; } = new(new ArenaOptions { Diagnostics = true });

        public TestChannel Channel => _channel ??= new TestChannel(_clock);

        public LatestQueue Queue => _queue ??= new LatestQueue(_clock, 4, keepsPlace, 100);

        public TestReceiver Join(bool withSnapshot, TestChannel? channel = null)
        {
            var receiver = new TestReceiver(channel ?? Channel, new OutboxLimits(1L << 40, 8, 8));
            Assert.True(Queue.Add(receiver.Outbox, withSnapshot));
            return receiver;
        }

        public void Set(int key, int value)
        {
            var bytes = new byte[8];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, key);
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), value);
            using var record = Record.Create(Arena, bytes);
            Assert.True(record.TryTakeReference(out var body));
            Assert.True(Queue.TrySet(key, body));
        }

        public TestChannel NewChannel() => new(_clock);

        public void Settle() => Channel.Settle();

        public List<(int Key, int Value)> Read(TestReceiver receiver)
        {
            var bytes = receiver.Bytes.ToArray();
            Assert.Equal(0, bytes.Length % 8);
            return [.. Enumerable.Range(0, bytes.Length / 8).Select(index => (
                BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(index * 8)),
                BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan((index * 8) + 4))))];
        }

        public void Dispose()
        {
            Queue.Close();
            Settle();
        }
    }

    private sealed class Model
    {
        private readonly Random _random;
        private readonly World _world;
        private readonly TestChannel[] _channels;
        private readonly List<TestReceiver> _receivers = [];
        private readonly Dictionary<int, int> _newest = [];
        private int _lastValue;

        public Model(int seed, bool keepsPlace)
        {
            _random = new Random(seed);
            _world = new World(keepsPlace);
            _channels = [_world.Channel, _world.NewChannel()];
        }

        public void Run()
        {
            for (var step = 0; step < 300; step++)
            {
                Step(_random.Next(12));
            }

            Finish();
            foreach (var receiver in _receivers)
            {
                Check(receiver);
            }

            _world.Queue.Close();
            _channels[0].Settle();
            _channels[1].Settle();
            Assert.Empty(_world.Arena.Outstanding());
        }

        private void Step(int operation)
        {
            switch (operation)
            {
                case 0 when _receivers.Count < ReceiverCount:
                    _receivers.Add(_world.Join(withSnapshot: true, _channels[_random.Next(2)]));
                    break;
                case 1:
                    var removed = _random.Next(KeyCount);
                    Assert.Equal(_newest.Remove(removed), _world.Queue.TryRemove(removed));
                    break;
                case < 6:
                    var key = _random.Next(KeyCount);
                    _newest[key] = ++_lastValue;
                    _world.Set(key, _lastValue);
                    break;
                case < 9:
                    _channels[_random.Next(2)].RunRound();
                    break;
                case 9 when _receivers.Count > 0:
                    _receivers[_random.Next(_receivers.Count)].Status = (SendStatus)_random.Next(3);
                    break;
                case > 9 when _receivers.Count > 0:
                    Progress(_receivers[_random.Next(_receivers.Count)]);
                    break;
            }
        }

        private static void Progress(TestReceiver receiver)
        {
            if (receiver.HasPending)
            {
                receiver.Accept();
            }

            if (receiver.HasUnreleased)
            {
                receiver.Release();
            }
        }

        private void Finish()
        {
            _receivers.ForEach(receiver => receiver.Status = SendStatus.Released);
            for (var round = 0; round < 3; round++)
            {
                foreach (var receiver in _receivers)
                {
                    while (receiver.HasPending || receiver.HasUnreleased)
                    {
                        Progress(receiver);
                    }
                }

                _channels[0].Settle();
                _channels[1].Settle();
            }
        }

        // What a member was sent last of a key is the newest, and no key went back in time.
        private void Check(TestReceiver receiver)
        {
            var seen = new Dictionary<int, int>();
            foreach (var (key, value) in _world.Read(receiver))
            {
                Assert.True(!seen.TryGetValue(key, out var before) || before <= value);
                seen[key] = value;
            }

            foreach (var (key, value) in _newest)
            {
                Assert.Equal(value, seen[key]);
            }
        }
    }
}
