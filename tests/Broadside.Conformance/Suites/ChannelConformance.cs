namespace Broadside.Conformance.Suites;

/// <summary>Work, timers, rounds and the end of a channel.</summary>
public abstract class ChannelConformance<TFixture> : ConformanceTest<TFixture>
    where TFixture : BackendFixture, new()
{
    [Fact]
    public async Task RunsEachPostedItemOnceAndInOrderPerThread()
    {
        const int Threads = 4;
        const int Items = 20_000;
        var last = Enumerable.Repeat(-1, Threads).ToArray();
        var ran = 0;
        var channel = Channel;
        var threads = Enumerable.Range(0, Threads).Select(thread => new Thread(() =>
        {
            for (var item = 0; item < Items; item++)
            {
                var number = item;
                channel.Post(new ActionWork(() => Note(thread, number)));
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        await Fixture.Until(() => Volatile.Read(ref ran) == Threads * Items, "all the work to run");
        Assert.All(last, number => Assert.Equal(Items - 1, number));

        void Note(int thread, int number)
        {
            if (last[thread] != number - 1 || !channel.IsOnThread)
            {
                Fixture.Violate("work out of order, or on the wrong thread");
            }

            last[thread] = number;
            if (++ran == Threads * Items)
            {
                Fixture.Signal();
            }
        }
    }

    [Fact]
    public async Task LosesNoWakeUp()
    {
        // Each item is posted when the one before has run, just as the channel goes to sleep.
        for (var count = 0; count < 5000; count++)
        {
            await Fixture.Run(Channel, () => { });
        }
    }

    [Fact]
    public async Task AnItemPostedTwiceRunsOnceAndMayPostItselfAgain()
    {
        var item = new RepeatingWork(Channel, Fixture.Signal);
        await Fixture.Run(Channel, () =>
        {
            Channel.Post(item);
            Channel.Post(item);
        });
        await Fixture.Until(() => item.Runs == RepeatingWork.Repetitions, "the repetitions");
        await Fixture.Run(Channel, () => { });
        Assert.Equal(RepeatingWork.Repetitions, item.Runs);
    }

    [Fact]
    public async Task WorkThatThrowsHarmsNoOther()
    {
        var ran = false;
        await Fixture.Run(Channel, () =>
        {
            Channel.Post(new ActionWork(() => throw new InvalidOperationException("On purpose.")));
            Channel.Post(new ActionWork(() => ran = true));
        });
        await Fixture.Run(Channel, () => { });
        Assert.True(ran);
        Assert.Equal(1, Fixture.Log.Count(101));
    }

    [Fact]
    public async Task RunsWhatWasPostedBeforeTheStopAndRefusesTheRest()
    {
        const int Threads = 3;
        var (accepted, ran) = (0, 0);
        var channel = Channel;
        var threads = Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            while (channel.Post(new ActionWork(() => ran++)))
            {
                Interlocked.Increment(ref accepted);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        await Fixture.Run(channel, () => { });
        await Fixture.Stop(channel);
        threads.ForEach(thread => thread.Join());
        Assert.False(channel.Post(new ActionWork(() => { })));
        Assert.Equal(accepted, ran);
    }

    [Fact]
    public async Task StopsWithoutHavingStarted()
    {
        var channel = Fixture.CreateChannel(start: false);
        var ran = false;
        channel.Post(new ActionWork(() => ran = true));
        await Fixture.Stop(channel);
        Assert.True(ran);
        Assert.False(channel.Post(new ActionWork(() => { })));
    }

    [Fact]
    public async Task TimersAreDueInOrder()
    {
        var order = new List<int>();
        await Fixture.Run(Channel, () =>
        {
            foreach (var milliseconds in new[] { 30, 5, 20, 0, 10 })
            {
                Channel.Schedule(new RecordingTimer(() => order.Add(milliseconds), Fixture.Signal), TimeSpan.FromMilliseconds(milliseconds));
            }
        });
        await Fixture.Until(() => order.Count == 5, "the timers");
        Assert.Equal([0, 5, 10, 20, 30], order);
    }

    [Fact]
    public async Task TimersAreNeverEarly()
    {
        var elapsed = new List<TimeSpan>();
        var span = TimeSpan.FromMilliseconds(7);
        for (var count = 1; count <= 10; count++)
        {
            await Fixture.Run(Channel, () =>
            {
                var start = Channel.TimeProvider.GetTimestamp();
                Channel.Schedule(new RecordingTimer(() => elapsed.Add(Channel.TimeProvider.GetElapsedTime(start)), Fixture.Signal), span);
            });
            await Fixture.Until(() => elapsed.Count == count, "the timer");
        }

        Assert.All(elapsed, time => Assert.True(time >= span, $"due after {time}"));
    }

    [Fact]
    public async Task TimersAreCancelledAndRescheduled()
    {
        var (cancelled, moved, end) = (0, 0, 0);
        await Fixture.Run(Channel, () =>
        {
            var first = new RecordingTimer(() => cancelled++, Fixture.Signal);
            var second = new RecordingTimer(() => moved++, Fixture.Signal);
            Channel.Schedule(first, TimeSpan.FromMilliseconds(5));
            Channel.Schedule(second, TimeSpan.FromHours(1));
            Channel.Schedule(second, TimeSpan.FromMilliseconds(10));
            Channel.Cancel(first);
            Channel.Cancel(first);
            Assert.False(first.IsScheduled);
            Channel.Schedule(new RecordingTimer(() => end++, Fixture.Signal), TimeSpan.FromMilliseconds(20));
        });
        await Fixture.Until(() => end == 1, "the last timer");
        Assert.Equal((0, 1), (cancelled, moved));
    }

    [Fact]
    public async Task EndsEachRound()
    {
        var channel = Fixture.CreateChannel(start: false);
        var round = new CountingRound(Fixture.Signal);
        channel.Round = round;
        channel.Start();
        round.Request();
        channel.RequestRound();
        await Fixture.Until(() => round.Count == 1, "the round");
        await Fixture.Run(channel, round.Request);
        await Fixture.Until(() => round.Count == 2, "the second round");
    }

    [Fact]
    public async Task StopsWithEverythingInFlight()
    {
        using var peer = Fixture.CreateSilentPeer();
        var other = Other;
        var target = Fixture.Arena.Allocate(1000);
        var connecting = Handler();
        await Connect(peer.EndPoint, connecting, channel: Channel);
        var idle = await ConnectPair(serverChannel: other);
        var sending = await ConnectPair(serverChannel: other);
        var receiving = await ConnectPair(serverChannel: other);
        var closing = await ConnectPair(serverChannel: other);
        await sending.OnServer(server => server.PauseReceive());
        await sending.Saturate(sending.Client);
        await receiving.OnClient(client => client.ReceiveInto(target));
        await closing.OnClient(client => client.Close());
        await Fixture.Run(Channel, () => Channel.Schedule(new RecordingTimer(() => Fixture.Violate("a timer after the stop"), Fixture.Signal), TimeSpan.FromHours(1)));
        RecordingHandler[] mine = [connecting, idle.Client, sending.Client, receiving.Client, closing.Client];
        await Fixture.Stop(Channel);
        Assert.All(mine, handler => Assert.Equal((1, CloseReason.ChannelStopped), (handler.ClosedCount, handler.Reason)));
        Assert.Equal(1, sending.Client.ReleasedCount);
        await Fixture.Until(() => idle.Server.IsClosed, "the peer to notice");
        Assert.Equal(CloseReason.PeerReset, idle.Server.Reason);
        Fixture.Arena.Free(target);
    }

    [Fact]
    public async Task AStoppedChannelTakesNoMore()
    {
        var refused = 0;
        var client = Handler();
        client.WhenClosed = handler =>
        {
            Assert.Throws<InvalidOperationException>(() => Channel.Connect(Fixture.RefusingEndPoint, new ConnectOptions(), handler));
            Assert.Throws<InvalidOperationException>(() => Channel.Listen(Fixture.ListenEndPoint, new ListenOptions(), new RecordingAcceptor(Fixture)));
            refused++;
        };
        await ConnectPair(client, serverChannel: Other);
        await Fixture.Stop(Channel);
        Assert.Equal(1, refused);
    }

    private sealed class RecordingTimer(Action action, Action signal) : ChannelTimer
    {
        protected internal override void OnDue()
        {
            action();
            signal();
        }
    }

    private sealed class RepeatingWork(IoChannel channel, Action signal) : ChannelWork
    {
        public const int Repetitions = 5;

        public int Runs { get; private set; }

        protected internal override void Run()
        {
            if (++Runs < Repetitions)
            {
                channel.Post(this);
            }

            signal();
        }
    }

    private sealed class CountingRound(Action signal) : IChannelRound
    {
        private volatile bool _pending;

        public int Count { get; private set; }

        public bool IsPending => _pending;

        public void Request() => _pending = true;

        public void OnRoundEnd()
        {
            _pending = false;
            Count++;
            signal();
        }
    }
}
