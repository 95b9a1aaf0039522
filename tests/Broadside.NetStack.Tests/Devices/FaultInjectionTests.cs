using Broadside.NetStack.Devices;
using FsCheck;
using FsCheck.Fluent;
using static Broadside.NetStack.Tests.Devices.DeviceTesting;

namespace Broadside.NetStack.Tests.Devices;

public sealed class FaultInjectionTests : IDisposable
{
    private const int Seed = 20_260_102;
    private const int Many = 20_000;

    private readonly VirtualTime _time = new();
    private readonly SimulatedLink _link;

    public FaultInjectionTests() => _link = new(_time, new() { QueueLimit = int.MaxValue, Capacity = int.MaxValue });

    public void Dispose() => _link.Dispose();

    [Fact]
    public void Without_faults_every_frame_goes_through_both_ways()
    {
        using var device = Over(FaultOptions.None, FaultOptions.None);
        Assert.Equal(Enumerable.Range(0, Many), Sent(device, Many).Select(Number));
        Assert.Equal(Enumerable.Range(0, Many), Received(device, Many).Select(Number));
        Assert.Equal((Many, Many, 0), (device.Transmitted, device.Completed, device.MaximumSegmentedLength));
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.3)]
    public void As_many_are_lost_as_asked_for(double loss)
    {
        using var device = Over(new() { Loss = loss }, new() { Loss = loss });
        AssertNear(Many * loss, Many - Sent(device, Many).Count);
        AssertNear(Many * loss, Many - Received(device, Many).Count);
        Assert.Equal(Many - device.IncomingCounters.Lost, device.IncomingCounters.Offered - device.IncomingCounters.Lost);
    }

    [Fact]
    public void Losses_come_in_bursts_of_the_mean_length_asked_for()
    {
        using var device = Over(new() { BurstLoss = new() { Worsening = 0.01, Recovery = 0.2 } }, FaultOptions.None);
        var arrived = Sent(device, Many).Select(Number).ToHashSet();
        var bursts = Enumerable.Range(1, Many - 1).Count(number => !arrived.Contains(number) && arrived.Contains(number - 1));
        var lost = Many - arrived.Count;

        // In the long run the line is bad for 0.01 / (0.01 + 0.2) of the frames.
        Assert.InRange(lost / (double)Many, 0.035, 0.06);
        Assert.InRange(lost / (double)bursts, 4, 6);
    }

    [Fact]
    public void As_many_are_doubled_as_asked_for()
    {
        using var device = Over(new() { Duplication = 0.1 }, FaultOptions.None);
        var arrived = Sent(device, Many).Select(Number).ToList();
        Assert.Equal(Enumerable.Range(0, Many), arrived.Distinct());
        AssertNear(Many * 0.1, arrived.Count - Many);
        Assert.Equal(arrived.Count - Many, device.OutgoingCounters.Duplicated);
    }

    [Fact]
    public void A_corrupted_frame_differs_in_one_byte_and_is_to_be_validated()
    {
        using var device = Over(FaultOptions.None, new() { Corruption = 0.25 });
        var arrived = Received(device, Many);
        Assert.Equal(Many, arrived.Count);
        var changed = arrived.Select((frame, number) => frame.Zip(Numbered(number)).Count(pair => pair.First != pair.Second)).ToList();
        Assert.All(changed, count => Assert.InRange(count, 0, 1));
        AssertNear(Many * 0.25, changed.Sum());
        Assert.Equal(changed.Sum(), device.IncomingCounters.Corrupted);
    }

    [Fact]
    public void Frames_held_back_are_overtaken()
    {
        using var device = Over(new() { Reordering = 0.05, ReorderingDelay = TimeSpan.FromMilliseconds(1) }, FaultOptions.None);
        var arrived = Sent(device, Many, apart: TimeSpan.FromMicroseconds(100)).Select(Number).ToList();
        Assert.Equal(Enumerable.Range(0, Many), arrived.Order());
        var overtaken = Enumerable.Range(1, Many - 1).Count(at => arrived[at] < arrived[at - 1]);
        Assert.InRange(overtaken, Many * 0.04, Many * 0.05 + 100);
        AssertNear(Many * 0.05, device.OutgoingCounters.Reordered);
    }

    [Fact]
    public void Delay_and_jitter_keep_the_order_and_their_bounds()
    {
        var options = new FaultOptions { Delay = TimeSpan.FromMilliseconds(10), Jitter = TimeSpan.FromMilliseconds(4) };
        using var device = Over(FaultOptions.None, options);
        var delays = new List<double>();
        for (var number = 0; number < 1000; number++)
        {
            var sent = _time.Now;
            _link.B.TrySend(Numbered(number));
            Assert.Equal(number, Number(Assert.Single(device.ReceiveUntilIdle(_time)).Frame));
            delays.Add((_time.Now - sent) / 1e6);
        }

        Assert.All(delays, delay => Assert.InRange(delay, 10, 14));
        Assert.InRange(delays.Average(), 11.5, 12.5);
        Assert.Equal(Enumerable.Range(0, 1000), Received(device, 1000).Select(Number));
    }

    [Fact]
    public void The_rate_is_the_one_asked_for()
    {
        using var device = Over(new() { BitsPerSecond = 8_000_000 }, FaultOptions.None);
        Assert.Equal(1000, Sent(device, 1000).Count);
        Assert.Equal(100_000_000, _time.Now);
    }

    [Fact]
    public void No_more_is_held_than_the_limit()
    {
        using var device = Over(new() { Delay = TimeSpan.FromSeconds(1), HoldLimit = 1000 }, FaultOptions.None);
        Assert.Equal(Enumerable.Range(0, 10), Sent(device, 50).Select(Number));
        Assert.Equal(40, device.OutgoingCounters.Lost);
    }

    [Fact]
    public void The_frames_that_a_test_names_are_lost()
    {
        FramePredicate isEven = frame => frame[0] % 2 == 0;
        using var device = Over(new() { Drop = FrameMatch.Nth(2, isEven) }, new() { Drop = FrameMatch.Range(3, 2, isEven) });
        Assert.Equal([0, 1, 3, 4, 5, 6, 7, 8, 9], Sent(device, 10).Select(Number));
        Assert.Equal([0, 1, 2, 3, 5, 7, 8, 9], Received(device, 10).Select(Number));
    }

    [Fact]
    public void A_device_without_room_is_tried_again_and_nothing_is_lost()
    {
        using var device = new FaultInjection(
            new NarrowDevice(_link.A), FaultOptions.None, FaultOptions.None, new Random(Seed), _time);
        var taken = 0;
        for (var number = 0; number < 100; number++)
        {
            while (!device.TrySend(Numbered(taken)))
            {
                device.Flush();
            }

            taken++;
            device.Flush();
        }

        for (var round = 0; round < 100; round++)
        {
            device.Flush();
        }

        Assert.Equal(Enumerable.Range(0, 100), _link.B.ReceiveAll().Select(Number));
    }

    [Fact]
    public void Waiting_in_real_time_ends_when_a_frame_held_is_due_or_a_wake_comes()
    {
        using var link = new SimulatedLink(TimeProvider.System);
        var delay = new FaultOptions { Delay = TimeSpan.FromMilliseconds(5) };
        using var device = new Tracer(
            new FaultInjection(link.A, delay, delay, new Random(Seed), TimeProvider.System), TextWriter.Null, TimeProvider.System);
        device.TrySend(Numbered(1));
        link.B.TrySend(Numbered(2));
        var received = new List<byte[]>();
        while (received.Count == 0)
        {
            device.Wait(Timeout.InfiniteTimeSpan, forRoom: false);
            received.AddRange(device.ReceiveAll());
        }

        Assert.Equal(2, Number(Assert.Single(received)));
        Assert.Equal(1, Number(Assert.Single(link.B.ReceiveAll())));
        device.Wake();
        device.Wait(Timeout.InfiniteTimeSpan, forRoom: false);
    }

    [Fact]
    public void Middleware_says_of_itself_what_the_device_below_says()
    {
        var options = new SimulatedPortOptions
        {
            MaximumTransmissionUnit = 9000,
            MaximumSegmentedLength = 60_000,
            Latency = TimeSpan.FromSeconds(1),
        };
        using var wire = new SimulatedSwitch(_time);
        var (port, other) = (wire.AddPort(options), wire.AddPort());
        using var device = new PcapWriter(new Tracer(port, TextWriter.Null, _time), Stream.Null, _time);
        other.TrySend(Ethernet(other.MacAddress, port.MacAddress));
        device.TrySend(Ethernet(port.MacAddress, other.MacAddress));
        Assert.Equal((port.Name, port.LinkLayer, port.MacAddress), (device.Name, device.LinkLayer, device.MacAddress));
        Assert.Equal((9000, 60_000), (device.MaximumTransmissionUnit, device.MaximumSegmentedLength));
        Assert.Equal((1_000_000_000, 1, 1), (device.NextDue, device.Transmitted, device.Completed));
        port.SetLink(false);
        Assert.False(device.IsUp);
    }

    [Fact]
    public void Options_without_meaning_are_refused()
    {
        foreach (var options in new FaultOptions[]
        {
            new() { Loss = -0.1 },
            new() { Duplication = 1.1 },
            new() { Corruption = double.NaN },
            new() { Reordering = 2 },
            new() { Delay = TimeSpan.FromTicks(-1) },
            new() { Jitter = TimeSpan.FromTicks(-1) },
            new() { ReorderingDelay = TimeSpan.FromTicks(-1) },
            new() { BitsPerSecond = -1 },
            new() { HoldLimit = 0 },
            new() { BurstLoss = new() { Worsening = 0, Recovery = 2 } },
        })
        {
            Assert.Throws<ArgumentOutOfRangeException>(options.Validate);
        }
    }

    /// <summary>Whatever the options: the same seed does the same to the same frames, and nothing arrives that was not sent.</summary>
    [Fact]
    public void The_same_seed_does_the_same()
    {
        var probability = Gen.Choose(0, 50).Select(percent => percent / 100.0);
        var cases =
            from loss in probability
            from duplication in probability
            from corruption in probability
            from reordering in probability
            from jitter in Gen.Choose(0, 5)
            from seed in Gen.Choose(0, int.MaxValue)
            select (new FaultOptions
            {
                Loss = loss,
                Duplication = duplication,
                Corruption = corruption,
                Reordering = reordering,
                Jitter = TimeSpan.FromMilliseconds(jitter),
                BurstLoss = new() { Worsening = loss / 10, Recovery = 0.5 },
            }, seed);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(50), Prop.ForAll(cases.ToArbitrary(), value =>
        {
            var (first, second) = (Run(value.Item1, value.seed), Run(value.Item1, value.seed));
            Assert.Equal(first, second);
            Assert.All(first, arrival => Assert.InRange(Convert.FromHexString(arrival.Frame).Skip(sizeof(int)).Count(octet => octet != 0), 0, 1));
        }));
    }

    private static List<(long Time, string Frame)> Run(FaultOptions options, int seed)
    {
        var time = new VirtualTime();
        using var link = new SimulatedLink(time);
        using var device = new FaultInjection(link.A, FaultOptions.None, options, new Random(seed), time);
        var arrivals = new List<(long, byte[])>();
        for (var number = 0; number < 200; number++)
        {
            link.B.TrySend(Numbered(number));
            time.Advance(TimeSpan.FromMicroseconds(300));
            arrivals.AddRange(device.ReceiveAll().Select(frame => (time.Now, frame)));
        }

        arrivals.AddRange(device.ReceiveUntilIdle(time));
        return [.. arrivals.Select(arrival => (arrival.Item1, Convert.ToHexString(arrival.Item2)))];
    }

    // Five standard deviations, and a little more.
    private static void AssertNear(double expected, double actual) =>
        Assert.InRange(actual, expected - (5 * Math.Sqrt(expected)), expected + (5 * Math.Sqrt(expected)));

    private FaultInjection Over(FaultOptions outgoing, FaultOptions incoming) => new(_link.A, outgoing, incoming, new Random(Seed), _time);

    private List<byte[]> Sent(FaultInjection device, int count, TimeSpan apart = default)
    {
        var arrived = new List<byte[]>();
        for (var number = 0; number < count; number++)
        {
            Assert.True(device.TrySend(Numbered(number)));
            device.Flush();
            arrived.AddRange(_link.B.ReceiveAll());
            _time.Advance(apart);
        }

        while (device.NextDue != long.MaxValue)
        {
            _time.MoveTo(Math.Max(_time.Now, device.NextDue));
            device.Flush();
            arrived.AddRange(_link.B.ReceiveAll());
        }

        return arrived;
    }

    private List<byte[]> Received(FaultInjection device, int count)
    {
        for (var number = 0; number < count; number++)
        {
            _link.B.TrySend(Numbered(number));
        }

        return [.. device.ReceiveUntilIdle(_time).Select(arrival => arrival.Frame)];
    }

    /// <summary>Takes every third frame only.</summary>
    private sealed class NarrowDevice(PacketDevice inner) : PacketMiddleware(inner)
    {
        private int _attempts;

        public override bool TryTransmit(in OutgoingFrame frame) => _attempts++ % 3 == 0 && base.TryTransmit(frame);
    }
}
