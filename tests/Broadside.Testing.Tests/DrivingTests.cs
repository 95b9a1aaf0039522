using Broadside.Channels;

namespace Broadside.Testing.Tests;

public class DrivingTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Time_stands_still_unless_driven()
    {
        using var laboratory = new Laboratory();
        var time = laboratory.Network.TimeProvider;
        var fired = new List<TimeSpan>();
        using var periodic = time.CreateTimer(_ => fired.Add(time.Elapsed), null, Second, 2 * Second);
        laboratory.Network.RunUntilIdle();
        Assert.Equal(TimeSpan.Zero, time.Elapsed);
        laboratory.Network.Advance(5 * Second);
        Assert.Equal(5 * Second, time.Elapsed);
        Assert.Equal([Second, 3 * Second, 5 * Second], fired);
        Assert.Equal(new DateTimeOffset(2000, 1, 1, 0, 0, 5, TimeSpan.Zero), time.GetUtcNow());
        periodic.Change(Second, Timeout.InfiniteTimeSpan);
        laboratory.Network.Advance(10 * Second);
        Assert.Equal(4, fired.Count);
    }

    [Fact]
    public void Channel_timers_fire_at_their_time_on_their_channel()
    {
        using var laboratory = new Laboratory();
        var timer = new RecordingTimer(laboratory.Server);
        laboratory.Server.Schedule(timer, Second);
        laboratory.Network.RunUntilIdle();
        Assert.Null(timer.FiredAt);
        Assert.True(laboratory.Network.Step());
        Assert.Equal(Second.Ticks, timer.FiredAt);
        Assert.False(laboratory.Network.Step());
    }

    [Fact]
    public void Latency_is_what_the_options_say()
    {
        using var laboratory = new Laboratory(new SimulatedNetworkOptions
        {
            ToAcceptor = new SimulatedLinkOptions { Latency = 2 * Second },
            ToConnector = new SimulatedLinkOptions { Latency = 3 * Second },
        });
        var client = laboratory.Connect(laboratory.Listen());
        Assert.True(laboratory.Network.RunUntil(() => client.Connection is not null, 10 * Second));
        Assert.Equal(5 * Second, laboratory.Network.TimeProvider.Elapsed);
    }

    [Fact]
    public void Bandwidth_is_what_the_options_say()
    {
        using var laboratory = new Laboratory(new SimulatedNetworkOptions
        {
            ToAcceptor = new SimulatedLinkOptions { BytesPerSecond = 10_000 },
            ReceiveWindow = 1_000_000,
        });
        var (client, server) = laboratory.Pair();
        var start = laboratory.Network.TimeProvider.Elapsed;
        client.Connection!.Send(laboratory.Batch(50_000));
        Assert.True(laboratory.Network.RunUntil(() => server.Received.Count == 50_000, 10 * Second));
        Assert.Equal(5, (laboratory.Network.TimeProvider.Elapsed - start).TotalSeconds, 0.01);
    }

    [Fact]
    public void Work_from_other_threads_is_done_by_the_driver()
    {
        using var laboratory = new Laboratory();
        var threads = new List<int>();
        var poster = new Thread(() => Assert.True(laboratory.Server.Post(new ActionWork(() =>
        {
            Assert.True(laboratory.Server.IsOnThread);
            Assert.False(laboratory.Client.IsOnThread);
            threads.Add(Environment.CurrentManagedThreadId);
        }))));
        poster.Start();
        poster.Join();
        laboratory.Network.RunUntilIdle();
        Assert.Equal([Environment.CurrentManagedThreadId], threads);
        Assert.False(laboratory.Server.IsOnThread);
    }

    [Fact]
    public void Driving_from_within_is_refused()
    {
        using var laboratory = new Laboratory();
        laboratory.Server.Post(new ActionWork(() => Assert.Throws<InvalidOperationException>(() => laboratory.Network.Step())));
        laboratory.Network.RunUntilIdle();
    }

    [Fact]
    public void Without_a_limit_waiting_ends_when_nothing_is_left()
    {
        using var laboratory = new Laboratory();
        laboratory.Server.Schedule(new RecordingTimer(laboratory.Server), Second);
        Assert.False(laboratory.Network.RunUntil(static () => false, TimeSpan.MaxValue));
        Assert.Equal(Second, laboratory.Network.TimeProvider.Elapsed);
    }

    [Fact]
    public void Impossible_options_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SimulatedNetwork(new SimulatedNetworkOptions { ReceiveWindow = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new SimulatedNetwork(new SimulatedNetworkOptions { ToAcceptor = new SimulatedLinkOptions { BytesPerSecond = 0 } }));
    }

    [Fact]
    public void A_channel_may_stop_itself()
    {
        using var laboratory = new Laboratory();
        var stopped = default(Task);
        laboratory.Server.Post(new ActionWork(() => stopped = laboratory.Server.StopAsync()));
        laboratory.Network.RunUntilIdle();
        Assert.True(stopped!.IsCompletedSuccessfully);
    }

    [Fact]
    public void An_asynchronous_program_runs_on_the_driving_thread()
    {
        using var laboratory = new Laboratory();
        var thread = Environment.CurrentManagedThreadId;
        laboratory.Network.Run(
            async () =>
            {
                await Task.Delay(TimeSpan.FromDays(1), laboratory.Network.TimeProvider);
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
                await laboratory.Client.StopAsync();
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
            },
            TimeSpan.FromDays(2));
        Assert.Equal(TimeSpan.FromDays(1), laboratory.Network.TimeProvider.Elapsed);
        Assert.Throws<TimeoutException>(() => laboratory.Network.Run(
            () => Task.Delay(TimeSpan.FromDays(3), laboratory.Network.TimeProvider), TimeSpan.FromDays(2)));
    }

    private sealed class RecordingTimer(IoChannel channel) : ChannelTimer
    {
        public long? FiredAt { get; private set; }

        protected override void OnDue()
        {
            Assert.True(channel.IsOnThread);
            FiredAt = channel.Now;
        }
    }
}
