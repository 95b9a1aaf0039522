using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Broadside.Channels;
using Broadside.Groups;

namespace Broadside.Core.Tests.Groups;

/// <summary>
/// Publishers, comers and goers and two channels on threads of their own. Whatever their timing, records arrive whole, each
/// publisher's in order within a priority, once, and members that stay miss none but those withdrawn.
/// </summary>
public sealed class GroupStress
{
    private const int Publishers = 3;
    private const int Records = 15_000;
    private const int Header = 16;

    private readonly SequenceClock _clock = new();
    private readonly Arena _arena = new(new ArenaOptions { Diagnostics = true });
    private readonly TestOwner _owner = new();
    private readonly ThreadedChannel[] _channels;
    private readonly SendQueue[] _groups;
    private int _publishing = Publishers;
    private long _withdrawn;

    public GroupStress()
    {
        _channels = [new ThreadedChannel(_clock), new ThreadedChannel(_clock)];
        _groups = [.. Enumerable.Range(0, 2).Select(_ => new SendQueue(_clock, _arena, _owner))];
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void NothingIsLostTornRepeatedOrOvertaken(int seed)
    {
        var stays = Enumerable.Range(0, 6).Select(index => new Receiver(_channels[index % 2], seed + index)).ToArray();
        var moves = Enumerable.Range(0, 6).Select(index => new Receiver(_channels[index % 2], seed + 10 + index)).ToArray();
        Assert.All(stays, receiver => Assert.All(_groups, group => Assert.True(group.Add(receiver.Outbox))));
        Thread[] threads =
        [
            .. Enumerable.Range(0, Publishers).Select(publisher => new Thread(() => Publish(publisher, new Random(seed + publisher)))),
            new Thread(() => ComeAndGo(moves, new Random(seed))),
        ];
        Assert.All(_channels, channel => channel.Start([.. stays.Concat(moves).Where(receiver => receiver.Channel == channel)]));
        Assert.All(threads, thread => thread.Start());
        Assert.All(threads, thread => Assert.True(thread.Join(TimeSpan.FromSeconds(60)), $"stuck; seed {seed}"));
        Assert.All(_channels, channel => channel.Finish(seed));
        Assert.All(stays.Concat(moves), receiver => Assert.True(receiver.Fault is null, $"seed {seed}: {receiver.Fault}"));

        // Of what was withdrawn the members that stay are some of the members that missed it.
        var sent = (long)Publishers * Records * stays.Length;
        Assert.InRange(stays.Sum(receiver => receiver.Received), sent - Interlocked.Read(ref _withdrawn), sent);
        Assert.True(_withdrawn > 0, $"nothing was withdrawn; seed {seed}");
        Assert.Empty(_arena.Outstanding());
    }

    private void Publish(int publisher, Random random)
    {
        var bytes = new byte[20_000];
        for (var number = 1; number <= Records; number++)
        {
            var priority = random.Next(4) == 0 ? random.Next(8) : 4;
            var length = Header + (random.Next(50) == 0 ? random.Next(15_000) : random.Next(200));
            Write(bytes.AsSpan(0, length), publisher, priority, number);
            var group = _groups[random.Next(_groups.Length)];
            using var record = Record.Create(_arena, bytes.AsSpan(0, length));
            record.TryTakeReference(out var body);
            group.TryAppend(new SendRequest(body!) { Priority = priority }, out var receipt);
            body!.Release();
            if (random.Next(20) == 0)
            {
                var result = Wait(random.Next(4) == 0 ? group.UnsendAsync(body.Id) : group.UnsendAsync(receipt));
                Interlocked.Add(ref _withdrawn, result.Withdrawn);
            }
        }

        Interlocked.Decrement(ref _publishing);
    }

    private void ComeAndGo(Receiver[] receivers, Random random)
    {
        while (Volatile.Read(ref _publishing) > 0)
        {
            var group = _groups[random.Next(_groups.Length)];
            var outbox = receivers[random.Next(receivers.Length)].Outbox;
            switch (random.Next(3))
            {
                case 0:
                    group.Remove(outbox);
                    break;
                case 1:
                    group.RemoveDrained(outbox, new LeaveCompletion(new TaskCompletionSource()));
                    break;
                default:
                    group.Add(outbox);
                    break;
            }

            Thread.Yield();
        }
    }

    private static UnsendResult Wait(ValueTask<UnsendResult> task) => task.AsTask().WaitAsync(TimeSpan.FromSeconds(30)).GetAwaiter().GetResult();

    private static void Write(Span<byte> record, int publisher, int priority, int number)
    {
        record.Fill((byte)(number + publisher));
        BinaryPrimitives.WriteInt32LittleEndian(record, record.Length);
        BinaryPrimitives.WriteInt32LittleEndian(record[4..], publisher);
        BinaryPrimitives.WriteInt32LittleEndian(record[8..], priority);
        BinaryPrimitives.WriteInt32LittleEndian(record[12..], number);
    }

    /// <summary>A thread that runs rounds when asked to, and lets its receivers make progress at random.</summary>
    private sealed class ThreadedChannel : IRoundHost
    {
        private readonly SemaphoreSlim _requests = new(0);
        private Receiver[] _receivers = [];
        private Thread _thread = null!;
        private volatile bool _stopping;

        public ThreadedChannel(SequenceClock clock)
        {
            Dispatcher = new GroupDispatcher(this, clock);
        }

        public GroupDispatcher Dispatcher { get; }

        public long Now => 1;

        public void RequestRound() => _requests.Release();

        public void Start(Receiver[] receivers)
        {
            _receivers = receivers;
            _thread = new Thread(Run);
            _thread.Start();
        }

        public void Finish(int seed)
        {
            _stopping = true;
            RequestRound();
            Assert.True(_thread.Join(TimeSpan.FromSeconds(60)), $"a channel is stuck; seed {seed}");
        }

        private void Run()
        {
            for (var round = 0; !_stopping; round++)
            {
                // Nothing but a request or a receiver's progress may be needed for a round.
                if (!Dispatcher.IsPending && !_receivers.Any(receiver => receiver.IsBusy))
                {
                    _requests.Wait();
                }

                foreach (var receiver in _receivers)
                {
                    receiver.Progress();
                }

                Dispatcher.OnRoundEnd();
                if (round % 100 == 0)
                {
                    Dispatcher.TrimIdle();
                }
            }

            while (Dispatcher.IsPending || _receivers.Any(receiver => receiver.IsBusy))
            {
                Array.ForEach(_receivers, receiver => receiver.Progress());
                Dispatcher.OnRoundEnd();
            }

            Dispatcher.TrimIdle();
        }
    }

    /// <summary>Checks what it is sent, on its channel's thread.</summary>
    private sealed class Receiver : IOutboxTransport
    {
        private readonly Random _random;
        private readonly Queue<BoundBatch> _unreleased = new();
        private readonly List<byte> _bytes = [];
        private readonly int[,] _last = new int[Publishers, RecordPriority.Count];
        private bool _isPending;

        public Receiver(ThreadedChannel channel, int seed)
        {
            _random = new Random(seed);
            Channel = channel;
            Outbox = new Outbox(channel.Dispatcher, this, new OutboxLimits(1L << 40, 4_000, 32_000));
        }

        public ThreadedChannel Channel { get; }

        public Outbox Outbox { get; }

        public int Received { get; private set; }

        public string? Fault { get; private set; }

        public bool IsBusy => _isPending || _unreleased.Count > 0;

        public SendStatus Send(BoundBatch batch)
        {
            foreach (var extent in batch.Extents)
            {
                _bytes.AddRange(extent.Span);
            }

            Check();
            var status = (SendStatus)_random.Next(3);
            _isPending = status == SendStatus.Pending;
            if (status != SendStatus.Released)
            {
                _unreleased.Enqueue(batch);
            }

            return status;
        }

        public void OnDrained()
        {
        }

        public void Disconnect(CloseReason reason) => Fault ??= $"disconnected: {reason}";

        public void Progress()
        {
            if (_isPending && _random.Next(2) == 0)
            {
                _isPending = false;
                Outbox.OnAccepted(atOnce: false);
            }

            if (_unreleased.Count > (_isPending ? 1 : 0) && _random.Next(2) == 0)
            {
                Outbox.OnReleased(_unreleased.Dequeue());
            }
        }

        private void Check()
        {
            var bytes = CollectionsMarshal.AsSpan(_bytes);
            var consumed = 0;
            while (bytes.Length - consumed >= Header && BinaryPrimitives.ReadInt32LittleEndian(bytes[consumed..]) is var length)
            {
                if (length is < Header or > 20_000)
                {
                    Fault ??= $"torn: a length of {length}";
                    break;
                }

                if (bytes.Length - consumed < length)
                {
                    break;
                }

                CheckRecord(bytes.Slice(consumed, length));
                consumed += length;
            }

            _bytes.RemoveRange(0, consumed);
        }

        private void CheckRecord(ReadOnlySpan<byte> record)
        {
            Received++;
            var publisher = BinaryPrimitives.ReadInt32LittleEndian(record[4..]);
            var priority = BinaryPrimitives.ReadInt32LittleEndian(record[8..]);
            var number = BinaryPrimitives.ReadInt32LittleEndian(record[12..]);
            if (record[Header..].ContainsAnyExcept((byte)(number + publisher)))
            {
                Fault ??= $"torn: record {number} of publisher {publisher}";
            }

            ref var last = ref _last[publisher, priority];
            if (number <= last)
            {
                Fault ??= $"publisher {publisher}, priority {priority}: {number} after {last}";
            }

            last = number;
        }
    }
}
