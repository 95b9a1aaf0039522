using Broadside.Conformance.Engine.Harness;
using Broadside.Testing;

namespace Broadside.Conformance.Simulation;

/// <summary>An engine, its groups and its clients on a hostile network, operated at random, with an account of who is to get what.</summary>
public sealed class World
{
    private const int Operations = 250;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly int _seed;
    private readonly Random _random;
    private readonly SimulatedNetwork _network;
    private readonly RecordEngine _engine;
    private readonly RecordGroup[] _groups;
    private readonly List<Subscriber> _subscribers = [];
    private readonly List<SentRecord> _sent = [];
    private readonly List<(SentRecord Sent, Task<UnsendResult> Result)> _unsends = [];
    private RecordListener _listener = null!;

    public World(int seed)
    {
        _seed = seed;
        _random = new Random(seed);
        _network = new SimulatedNetwork(SimulatedNetworkOptions.Hostile(seed));
        _engine = new RecordEngine(_network, new EngineOptions
        {
            Channels = 2,
            Scheduling = ContinuationScheduling.Inline,
            Arena = new ArenaOptions { Diagnostics = true },
        });
        _groups = [.. Enum.GetValues<SlowMemberPolicy>().Select(policy =>
            _engine.CreateGroup($"{policy}", new GroupOptions { MaximumLag = 100_000, SlowMembers = policy }))];
    }

    /// <summary>Records that arrived.</summary>
    public long Delivered => _subscribers.Sum(each => each.Received.Count);

    /// <summary>Connections that the network reset.</summary>
    public long Reset => _subscribers.Count(each => each.Client.CloseReason == CloseReason.PeerReset || each.Server.CloseReason == CloseReason.PeerReset);

    /// <summary>Members from whom a send was withdrawn.</summary>
    public long Withdrawn => _unsends.Sum(each => each.Result.Result.Withdrawn);

    /// <summary>What the run was, up to the engine's stop.</summary>
    public ulong TraceHash { get; private set; }

    public async Task RunAsync()
    {
        // As on a thread of its own: nothing goes on anywhere else, so that the run replays.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            Operate();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }

        TraceHash = _network.TraceHash;
        Check();
        await StopAsync();
    }

    private void Operate()
    {
        var options = new ConnectionOptions
        {
            Quantum = _random.Next(1, 20_000),
            LargestQuantum = 100_000,
            SendTimeout = TimeSpan.Zero,
            Transport = new TransportOptions { UnsentLimit = _random.Next(1, 20_000) },
        };
        var acceptor = new Accepted();
        var listening = _engine.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0), Wire.Framer, acceptor, options);
        Drive(() => listening.IsCompleted);
        _listener = listening.Result;
        for (var count = 0; count < 4; count++)
        {
            Connect(acceptor, options);
        }

        for (var operation = 0; operation < Operations; operation++)
        {
            OperateOnce(acceptor, options);
            for (var steps = _random.Next(6); steps > 0; steps--)
            {
                _network.Step();
            }
        }

        foreach (var subscriber in _subscribers)
        {
            subscriber.Client.ResumeReceive();
        }

        Settle();
    }

    private void OperateOnce(Accepted acceptor, ConnectionOptions options)
    {
        var group = _random.Next(_groups.Length);
        var subscriber = _subscribers.Count > 0 ? _subscribers[_random.Next(_subscribers.Count)] : null;
        switch (_random.Next(20))
        {
            case < 9:
                SendToGroup(group);
                break;
            case < 11 when subscriber is not null:
                SendDirectly(subscriber);
                break;
            case < 14 when subscriber is not null:
                if (_groups[group].Add(subscriber.Server))
                {
                    subscriber.Groups.Add(group);
                }

                break;
            case 14 when subscriber is not null:
                Leave(subscriber, group);
                break;
            case 15 when _sent.Count > 0:
                Unsend(_sent[_random.Next(_sent.Count)]);
                break;
            case 16 when subscriber is not null:
                subscriber.Client.PauseReceive();
                break;
            case 17 when subscriber is not null:
                subscriber.Client.ResumeReceive();
                break;
            case 18 when subscriber is not null && _random.Next(4) == 0:
                End(subscriber);
                break;
            case 19 when _random.Next(3) == 0:
                Connect(acceptor, options);
                break;
        }
    }

    private void Connect(Accepted acceptor, ConnectionOptions options)
    {
        var handler = new Receiver();
        var connecting = _engine.ConnectAsync(_listener.LocalEndPoint, Wire.Framer, handler, options);
        Drive(() => connecting.IsCompleted);
        if (connecting.IsCompletedSuccessfully)
        {
            Drive(() => acceptor.Find(connecting.Result) is not null || connecting.Result.IsClosed);
            if (acceptor.Find(connecting.Result) is { } server)
            {
                _subscribers.Add(new Subscriber(connecting.Result, server, handler.Received));
            }
        }
        else if (connecting.Exception!.InnerException is not ConnectException)
        {
            throw connecting.Exception;
        }
    }

    private void SendToGroup(int group)
    {
        var priority = new RecordPriority(_random.Next(8));
        var members = _subscribers.Where(each => each.Groups.Contains(group)).ToList();
        var except = members.Count > 0 && _random.Next(5) == 0 ? members[0] : null;
        using var record = NewRecord(priority);
        if (!_groups[group].TrySend(record, out var receipt, new SendOptions { Priority = priority, Except = except?.Server }))
        {
            Expect(_groups[group].Options.SlowMembers == SlowMemberPolicy.Wait, "a send was refused");
            return;
        }

        // Who has ended without our knowledge is no member any more.
        members.RemoveAll(each => ReferenceEquals(each, except) || !_groups[group].Contains(each.Server));
        Expect(receipt.Members == members.Count, $"{receipt.Members} members instead of {members.Count}");
        _sent.Add(new SentRecord(_sent.Count, group, priority.Value, receipt, [.. members]));
    }

    private void SendDirectly(Subscriber subscriber)
    {
        var priority = new RecordPriority(_random.Next(8));
        using var record = NewRecord(priority);
        var receipt = subscriber.Server.Send(record, priority);
        _sent.Add(new SentRecord(_sent.Count, null, priority.Value, receipt, receipt.Members == 0 ? [] : [subscriber]));
    }

    private Record NewRecord(RecordPriority priority)
    {
        var length = _random.Next(12) switch
        {
            0 => _random.Next(4_000, 20_000),
            _ => _random.Next(Wire.HeaderLength, 500),
        };
        return Record.Create(_engine.Arena, Wire.Bytes(priority.Value, _sent.Count, length));
    }

    private void Leave(Subscriber subscriber, int group)
    {
        if (_random.Next(2) == 0)
        {
            if (_groups[group].Remove(subscriber.Server))
            {
                // What it had not begun to receive is gone, and nobody says what that was.
                subscriber.Left.Add((group, _sent.Count));
            }
        }
        else
        {
            _ = _groups[group].RemoveAsync(subscriber.Server);
        }

        subscriber.Groups.Remove(group);
    }

    private void Unsend(SentRecord sent)
    {
        var result = sent.Group is { } group ? _groups[group].UnsendAsync(sent.Receipt) : sent.To.Length == 0 ? default : sent.To[0].Server.UnsendAsync(sent.Receipt);
        sent.IsUnsent = true;
        _unsends.Add((sent, result.AsTask()));
    }

    private void End(Subscriber subscriber)
    {
        if (_random.Next(2) == 0)
        {
            subscriber.Server.Abort();
        }
        else
        {
            subscriber.IsClosing = true;
            _ = subscriber.Server.CloseAsync();
        }
    }

    private void Drive(Func<bool> condition) => Expect(_network.RunUntil(condition, Patience), "waited in vain");

    // Until nothing has happened for long: timers alone are left by then.
    private void Settle()
    {
        _network.RunUntilIdle();
        _network.Advance(TimeSpan.FromSeconds(30));
        _network.RunUntilIdle();
    }

    private void Check()
    {
        foreach (var subscriber in _subscribers)
        {
            CheckReceived(subscriber);
        }

        foreach (var (sent, result) in _unsends)
        {
            Expect(result.IsCompletedSuccessfully, "an unsend has not ended");
            Expect(sent.To.Length == 0 || result.Result.Withdrawn + result.Result.AlreadyBound == sent.To.Length, "an unsend's counts do not add up");
            var receivers = sent.To.Count(each => each.Received.Contains(sent.Number));
            Expect(receivers <= sent.To.Length - result.Result.Withdrawn, "a withdrawn record was received");
        }
    }

    private void CheckReceived(Subscriber subscriber)
    {
        var received = subscriber.Received;
        foreach (var priority in received.GroupBy(number => _sent[number].Priority))
        {
            Expect(priority.SequenceEqual(priority.Order().Distinct()), "out of order, or twice");
        }

        var allowed = _sent.Where(each => each.To.Contains(subscriber)).Select(each => each.Number).ToHashSet();
        Expect(received.All(allowed.Contains), "received what was sent before it joined, after it left, or not to it");
        var isWhole = subscriber.Client.CloseReason is null && subscriber.Server.CloseReason is null;
        isWhole |= subscriber.IsClosing && subscriber.Client.CloseReason == CloseReason.Closed && subscriber.Server.CloseReason == CloseReason.Closed;
        if (isWhole)
        {
            var missing = _sent.Where(each => allowed.Contains(each.Number) && !each.IsUnsent && !MayHaveLost(subscriber, each)).Select(each => each.Number).Except(received);
            Expect(!missing.Any(), "a record was lost");
        }
    }

    private bool MayHaveLost(Subscriber subscriber, SentRecord record) =>
        (record.Group is { } group && _groups[group].Options.SlowMembers == SlowMemberPolicy.DropOldest) ||
        subscriber.Left.Any(left => left.Group == record.Group && record.Number < left.Sent);

    private async Task StopAsync()
    {
        var stopping = _engine.StopAsync(TimeSpan.FromSeconds(1));
        while (!stopping.IsCompleted)
        {
            if (!_network.Step())
            {
                _network.WaitForWork(TimeSpan.FromMilliseconds(10));
            }
        }

        await stopping;
        Expect(_engine.Arena.Outstanding().Count == 0, "extents were not returned");
    }

    private void Expect(bool condition, string breach)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"Seed {_seed}: {breach}.");
        }
    }
}
