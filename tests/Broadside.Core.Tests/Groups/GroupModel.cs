using System.Buffers.Binary;
using Broadside.Channels;
using Broadside.Groups;

namespace Broadside.Core.Tests.Groups;

/// <summary>
/// Runs a program of sends, joins, leaves, withdrawals and partial progress on real queues and on naive ones side by side. Each
/// record bound is compared with the one the naive queues would send next.
/// </summary>
internal sealed class GroupModel
{
    private const int GroupCount = 3;
    private const int ReceiverCount = 6;

    private readonly SequenceClock _clock = new();
    private readonly Arena _arena = new(new ArenaOptions { Diagnostics = true });
    private readonly TestOwner _owner = new();
    private readonly TestChannel[] _channels;
    private readonly SendQueue[] _queues;
    private readonly TestReceiver[] _receivers;
    private readonly NaiveReceiver[] _naive;
    private readonly List<Sent> _sent = [];
    private readonly List<NaiveUnsend> _unsends = [];
    private readonly List<(NaiveUnsend Naive, ValueTask<UnsendResult> Task)> _results = [];
    private readonly List<(int Group, int Receiver, LeaveCompletion Completion)> _drains = [];
    private long _now = 1;
    private int _lastId;

    public GroupModel()
    {
        _channels = [new TestChannel(_clock), new TestChannel(_clock)];
        _queues = [.. Enumerable.Range(0, GroupCount).Select(_ => new SendQueue(_clock, _arena, _owner))];
        _receivers = [.. Enumerable.Range(0, ReceiverCount)
            .Select(index => new TestReceiver(_channels[index % 2], new OutboxLimits(1L << 40, 600, 5000)) { KeepBytes = false, OnSend = Check })];
        _naive = [.. Enumerable.Range(0, ReceiverCount).Select(_ => new NaiveReceiver())];
    }

    public void Run(int[][] steps)
    {
        foreach (var step in steps)
        {
            Step(step[0] & int.MaxValue, step[1] & int.MaxValue, step[2] & int.MaxValue, step[3] & int.MaxValue);
        }

        Finish();
    }

    private void Step(int operation, int a, int b, int c)
    {
        switch (operation % 16)
        {
            case 0 or 1:
                Join(a % GroupCount, b % ReceiverCount);
                break;
            case 2:
                Leave(a % GroupCount, b % ReceiverCount);
                break;
            case 3:
                LeaveDrained(a % GroupCount, b % ReceiverCount);
                break;
            case 4 or 5 or 6 or 7 or 8:
                Send(a % GroupCount, b, c);
                break;
            case 9 or 10:
                RunRound(a % 2);
                break;
            case 11:
                _receivers[a % ReceiverCount].Status = (SendStatus)(b % 3);
                break;
            case 12:
                Progress(_receivers[a % ReceiverCount]);
                break;
            case 13:
                Unsend(a, b);
                break;
            case 14:
                _now += 1 + (a % 3);
                break;
            default:
                _channels[a % 2].Dispatcher.TrimIdle();
                break;
        }
    }

    private void Join(int group, int receiver)
    {
        var added = _queues[group].Add(_receivers[receiver].Outbox);
        var draining = _drains.Exists(drain => drain.Group == group && drain.Receiver == receiver && !drain.Completion.Task.IsCompleted);
        Assert.Equal(!draining && _naive[receiver].Groups.Add(group), added);
    }

    private void Leave(int group, int receiver)
    {
        _queues[group].Remove(_receivers[receiver].Outbox);
        _naive[receiver].Groups.Remove(group);
        _naive[receiver].Pending.RemoveAll(pending => pending.Group == group);
    }

    private void LeaveDrained(int group, int receiver)
    {
        var completion = new LeaveCompletion(new TaskCompletionSource());
        if (_queues[group].RemoveDrained(_receivers[receiver].Outbox, completion))
        {
            Assert.True(_naive[receiver].Groups.Remove(group));
            _drains.Add((group, receiver, completion));
        }
    }

    private void Send(int group, int choice, int detail)
    {
        var length = (choice % 10) switch { < 6 => 8 + (detail % 60), < 8 => 8 + (detail % 900), 8 => 8 + (detail % 4089), _ => 4097 + (detail % 9000) };
        var bytes = Encode(++_lastId, length);
        var priority = (choice / 10) % 5 == 0 ? (choice / 50) % 8 : 4;
        var except = (choice / 400) % 8 == 0 ? (detail / 7) % ReceiverCount : -1;
        var expires = (choice / 3200) % 6 == 0 ? _now + (detail % 4) : 0;
        RecordKey? key = (choice / 19200) % 6 == 0 ? new RecordKey(detail % 3) : default(RecordKey?);
        using var record = Record.Create(_arena, bytes);
        Assert.True(record.TryTakeReference(out var body));
        var request = new SendRequest(body!)
        {
            Priority = priority,
            Except = except < 0 ? null : _receivers[except].Outbox,
            ExpiresAt = expires,
            Key = key,
        };
        Assert.Equal(SendOutcome.Sent, _queues[group].TryAppend(request, out var receipt));
        body!.Release();
        var sent = new Sent(_lastId, group, priority, bytes, expires == 0 ? long.MaxValue : expires, receipt, body.Id);
        SendNaive(sent, except, key);
        _sent.Add(sent);
    }

    private void SendNaive(Sent sent, int except, RecordKey? key)
    {
        var members = 0;
        for (var receiver = 0; receiver < ReceiverCount; receiver++)
        {
            var isMember = _naive[receiver].Groups.Contains(sent.Group) && receiver != except;
            members += isMember ? 1 : 0;
        }

        Assert.Equal(members, sent.Receipt.Members);
        if (members == 0)
        {
            return;
        }

        for (var receiver = 0; receiver < ReceiverCount; receiver++)
        {
            if (key is not null)
            {
                foreach (var pending in _naive[receiver].Pending.Where(pending => pending.Group == sent.Group && pending.Key == key))
                {
                    pending.IsStale = true;
                }
            }

            if (_naive[receiver].Groups.Contains(sent.Group) && receiver != except)
            {
                _naive[receiver].Pending.Add(new Pending(sent, key));
            }
        }
    }

    private void RunRound(int channel)
    {
        _channels[channel].Now = _now;
        foreach (var unsend in _unsends)
        {
            ApplyNaive(unsend, channel);
        }

        _channels[channel].RunRound();
        CheckResults();
    }

    private void ApplyNaive(NaiveUnsend unsend, int channel)
    {
        if (!unsend.Channels.Add(channel))
        {
            return;
        }

        for (var receiver = channel; receiver < ReceiverCount; receiver += 2)
        {
            unsend.Withdrawn += _naive[receiver].Pending.RemoveAll(pending => unsend.Matches(pending) && !pending.IsStale && pending.Sent.ExpiresAt > _now);
        }
    }

    private void Unsend(int choice, int kind)
    {
        if (_sent.Count == 0)
        {
            return;
        }

        var sent = _sent[Math.Max(0, _sent.Count - 1 - (choice % 12))];
        if (sent.IsUnsent)
        {
            return;
        }

        sent.IsUnsent = true;
        var unsend = new NaiveUnsend(sent);
        _unsends.Add(unsend);
        var task = kind % 4 == 0
            ? _queues[sent.Group].UnsendAsync(sent.RecordId)
            : _queues[sent.Group].UnsendAsync(sent.Receipt);
        _results.Add((unsend, task));
        unsend.ByRecord = kind % 4 == 0;
        CheckResults();
    }

    private void CheckResults()
    {
        for (var index = _results.Count - 1; index >= 0; index--)
        {
            var (naive, task) = _results[index];
            if (!task.IsCompleted)
            {
                continue;
            }

            var result = task.Result;
            Assert.Equal(naive.Withdrawn, result.Withdrawn);
            if (!naive.ByRecord || result.Withdrawn > 0)
            {
                Assert.Equal(naive.Sent.Receipt.Members, result.Withdrawn + result.AlreadyBound);
            }

            _results.RemoveAt(index);
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

    // Each record that begins in the batch must be the one that the naive queues would send next.
    private void Check(TestReceiver receiver, BoundBatch batch)
    {
        var naive = _naive[Array.IndexOf(_receivers, receiver)];
        foreach (var extent in batch.Extents)
        {
            var bytes = extent.Span;
            while (!bytes.IsEmpty)
            {
                var take = Math.Min(bytes.Length, naive.Remaining.Length);
                if (take == 0)
                {
                    naive.Header.Add(bytes[0]);
                    bytes = bytes[1..];
                    naive.TryBegin(_now);
                    continue;
                }

                Assert.True(bytes[..take].SequenceEqual(naive.Remaining.Span[..take]));
                naive.Remaining = naive.Remaining[take..];
                bytes = bytes[take..];
            }
        }
    }

    private void Finish()
    {
        foreach (var receiver in _receivers)
        {
            receiver.Status = SendStatus.Released;
        }

        for (var round = 0; round < 4; round++)
        {
            foreach (var receiver in _receivers)
            {
                while (receiver.HasPending || receiver.HasUnreleased)
                {
                    Progress(receiver);
                }
            }

            RunRound(0);
            RunRound(1);
            _channels[0].Settle();
            _channels[1].Settle();
        }

        foreach (var naive in _naive)
        {
            naive.Pending.RemoveAll(pending => pending.IsStale || pending.Sent.ExpiresAt <= _now);
            Assert.Empty(naive.Pending);
            Assert.True(naive.Remaining.IsEmpty);
        }

        Assert.All(_receivers, receiver => Assert.Equal(0, receiver.Outbox.QueuedBytes));
        Assert.All(_drains, drain => Assert.True(drain.Completion.Task.IsCompleted));
        Assert.Empty(_results);
        _channels[0].Dispatcher.TrimIdle();
        _channels[1].Dispatcher.TrimIdle();
        Assert.Empty(_arena.Outstanding());
    }

    private static byte[] Encode(int id, int length)
    {
        var bytes = new byte[length];
        new Random(id).NextBytes(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes, id);
        return bytes;
    }

    private sealed record Sent(int Id, int Group, int Priority, byte[] Bytes, long ExpiresAt, SendReceipt Receipt, long RecordId)
    {
        public bool IsUnsent { get; set; }
    }

    private sealed record Pending(Sent Sent, RecordKey? Key)
    {
        public int Group => Sent.Group;

        public bool IsStale { get; set; }
    }

    private sealed class NaiveUnsend(Sent sent)
    {
        public Sent Sent => sent;

        public bool ByRecord { get; set; }

        public HashSet<int> Channels { get; } = [];

        public int Withdrawn { get; set; }

        public bool Matches(Pending pending) => ReferenceEquals(pending.Sent, sent);
    }

    private sealed class NaiveReceiver
    {
        private Pending? _next;

        public HashSet<int> Groups { get; } = [];

        public List<Pending> Pending { get; } = [];

        public ReadOnlyMemory<byte> Remaining { get; set; }

        /// <summary>What was received of the next record's id, which a quantum's end may split.</summary>
        public List<byte> Header { get; } = [];

        public void TryBegin(long now)
        {
            // The choice was made when the first byte was bound.
            _next ??= Next(now);
            Assert.NotNull(_next);
            if (Header.Count < sizeof(int))
            {
                return;
            }

            Assert.Equal(_next.Sent.Id, BinaryPrimitives.ReadInt32LittleEndian(Header.ToArray()));
            Remaining = _next.Sent.Bytes.AsMemory(sizeof(int));
            Header.Clear();
            _next = null;
        }

        private Pending? Next(long now)
        {
            var next = Pending
                .Where(pending => !pending.IsStale && pending.Sent.ExpiresAt > now)
                .MinBy(pending => (pending.Sent.Priority, pending.Sent.Receipt.Sequence));
            if (next is not null)
            {
                Pending.Remove(next);
            }

            return next;
        }
    }
}
