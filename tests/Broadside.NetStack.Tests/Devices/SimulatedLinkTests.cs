using System.Diagnostics;
using Broadside.NetStack.Devices;
using static Broadside.NetStack.Tests.Devices.DeviceTesting;

namespace Broadside.NetStack.Tests.Devices;

public sealed class SimulatedLinkTests
{
    private const long Millisecond = 1_000_000;

    private readonly VirtualTime _time = new();

    [Fact]
    public void A_frame_arrives_after_its_latency_and_says_when()
    {
        using var link = new SimulatedLink(_time, new() { Latency = TimeSpan.FromMilliseconds(5) });
        link.A.TrySend(Numbered(1));
        Assert.Equal(5 * Millisecond, link.B.NextDue);
        Assert.Equal(long.MaxValue, link.A.NextDue);
        _time.MoveTo((5 * Millisecond) - 1);
        Assert.Empty(link.B.ReceiveAll());
        _time.MoveTo(5 * Millisecond);
        Assert.Equal(1, Number(Assert.Single(link.B.ReceiveAll())));
        Assert.Equal(long.MaxValue, link.B.NextDue);
    }

    [Fact]
    public void Frames_leave_one_behind_the_other_at_the_lines_rate()
    {
        // 1,000 bytes take 8 ms at 1 Mbit/s.
        using var link = new SimulatedLink(_time, new() { Latency = TimeSpan.FromMilliseconds(1), BitsPerSecond = 1_000_000 });
        for (var number = 0; number < 3; number++)
        {
            link.A.TrySend(Numbered(number, 1000));
        }

        Assert.Equal([9 * Millisecond, 17 * Millisecond, 25 * Millisecond], link.B.ReceiveUntilIdle(_time).Select(arrival => arrival.Time));
    }

    [Fact]
    public void Fractions_of_a_tick_are_not_lost()
    {
        // A byte takes 8/7 of a nanosecond.
        using var link = new SimulatedLink(_time, new() { BitsPerSecond = 7_000_000_000 });
        for (var number = 0; number < 7_000; number++)
        {
            link.A.TrySend(Numbered(number, 101));
        }

        Assert.Equal(7_000 * 101 * 8 / 7, link.B.ReceiveUntilIdle(_time)[^1].Time);
    }

    [Fact]
    public void What_the_queue_cannot_hold_is_dropped_at_its_tail()
    {
        using var link = new SimulatedLink(_time, new() { BitsPerSecond = 1_000_000, QueueLimit = 10_000 });
        for (var number = 0; number < 15; number++)
        {
            Assert.True(link.A.TrySend(Numbered(number, 1000)));
        }

        Assert.Equal(Enumerable.Range(0, 10), link.B.ReceiveUntilIdle(_time).Select(arrival => Number(arrival.Frame)));
        Assert.Equal(5, link.B.Dropped);
        link.A.TrySend(Numbered(15, 1000));
        Assert.Single(link.B.ReceiveUntilIdle(_time));
    }

    [Fact]
    public void A_receiver_that_never_receives_holds_no_more_than_the_lines_capacity()
    {
        using var link = new SimulatedLink(_time, new() { Capacity = 5_000 });
        for (var number = 0; number < 10; number++)
        {
            link.A.TrySend(Numbered(number, 1000));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal((5, 5), (link.B.ReceiveAll().Count, link.B.Dropped));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void RFC_3168_section_5_packets_of_capable_transports_are_marked_above_the_threshold_and_stay_valid(bool isIPv6)
    {
        using var link = new SimulatedLink(_time, new() { BitsPerSecond = 1_000_000, MarkingThreshold = 1 });
        EcnCodepoint[] sent =
        [
            EcnCodepoint.EcnCapable0,
            EcnCodepoint.EcnCapable0,
            EcnCodepoint.EcnCapable1,
            EcnCodepoint.NotEcnCapable,
            EcnCodepoint.CongestionExperienced,
        ];
        foreach (var ecn in sent)
        {
            link.A.TrySend(TcpPacket(Segment, isIPv6, new byte[100], ecn));
        }

        var packets = link.B.ReceiveUntilIdle(_time).Select(arrival => arrival.Frame).ToList();
        Assert.All(packets, packet => Assert.True(HasValidChecksums(packet)));
        var marked = EcnCodepoint.CongestionExperienced;
        Assert.Equal([sent[0], marked, marked, EcnCodepoint.NotEcnCapable, marked], packets.Select(Ecn));
        Assert.Equal(3, link.B.Marked);
    }

    [Fact]
    public void A_packet_longer_than_either_ends_MTU_is_refused()
    {
        using var link = new SimulatedLink(_time, new() { MaximumTransmissionUnit = 1500 }, new() { MaximumTransmissionUnit = 1280 });
        link.A.TrySend(Numbered(1, 1501));
        link.A.TrySend(Numbered(2, 1281));
        link.A.TrySend(Numbered(3, 1280));
        Assert.Equal(3, Number(Assert.Single(link.B.ReceiveAll())));
        Assert.Equal((1, 1), (link.A.Refused, link.B.Refused));
        Assert.Equal(3, link.A.Transmitted);
        Assert.Equal(3, link.A.Completed);
    }

    [Fact]
    public void A_link_that_is_down_carries_nothing_and_loses_what_was_under_way()
    {
        using var link = new SimulatedLink(_time, new() { Latency = TimeSpan.FromMilliseconds(1) });
        link.A.TrySend(Numbered(1));
        link.SetLink(false);
        Assert.False(link.A.IsUp || link.B.IsUp);
        Assert.True(link.A.TrySend(Numbered(2)));
        link.SetLink(true);
        Assert.True(link.A.IsUp && link.B.IsUp);
        link.A.TrySend(Numbered(3));
        link.SetLink(true);
        Assert.Equal(3, Number(Assert.Single(link.B.ReceiveUntilIdle(_time)).Frame));
    }

    [Fact]
    public void A_received_frame_is_not_overwritten_before_the_next_receive()
    {
        using var link = new SimulatedLink(_time);
        var burst = new ReceivedFrame[4];
        link.A.TrySend(Numbered(1));
        Assert.Equal(1, link.B.Receive(burst));
        link.A.TrySend(Numbered(2));
        link.B.SetLink(false);
        link.B.SetLink(true);
        link.A.TrySend(Numbered(3));
        Assert.Equal(1, Number(burst[0].Bytes.ToArray()));
        Assert.Equal(1, link.B.Receive(burst));
        Assert.Equal(3, Number(burst[0].Bytes.ToArray()));
    }

    [Fact]
    public void Joined_segments_are_delivered_whole_and_say_so()
    {
        var options = new SimulatedPortOptions { MaximumSegmentedLength = 60_000, JoinsSegments = true };
        using var link = new SimulatedLink(_time, options);
        var packet = TcpPacket(Segment, isIPv6: false, new byte[10_000]);
        link.A.TryTransmit(new OutgoingFrame { Headers = packet, SegmentSize = 1000, TransportOffset = IPv4Representation.HeaderLength });
        var burst = new ReceivedFrame[1];
        Assert.Equal(1, link.B.Receive(burst));
        Assert.Equal((1000, ChecksumValidation.Offloaded), (burst[0].SegmentSize, burst[0].Validation));
        Assert.True(burst[0].Bytes.SequenceEqual(packet));
    }

    [Fact]
    public void Waiting_ends_with_a_frame_a_wake_the_time_or_room()
    {
        using var link = new SimulatedLink(TimeProvider.System, new() { Latency = TimeSpan.FromMilliseconds(20) });
        var clock = Stopwatch.StartNew();
        link.B.Wait(TimeSpan.FromMilliseconds(10), forRoom: false);
        Assert.True(clock.Elapsed >= TimeSpan.FromMilliseconds(9));

        link.A.TrySend(Numbered(1));
        link.B.Wait(Timeout.InfiniteTimeSpan, forRoom: false);
        Assert.Single(link.B.ReceiveAll());

        link.B.Wake();
        link.B.Wait(Timeout.InfiniteTimeSpan, forRoom: false);
        link.B.Wait(Timeout.InfiniteTimeSpan, forRoom: true);

        var waiter = new Thread(() => link.B.Wait(Timeout.InfiniteTimeSpan, forRoom: false));
        waiter.Start();
        link.B.Wake();
        Assert.True(waiter.Join(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void Two_threads_pass_frames_back_and_forth()
    {
        const int Rounds = 20_000;
        using var link = new SimulatedLink(TimeProvider.System, linkLayer: LinkLayer.Ethernet);
        var echo = new Thread(() => Echo(link.B, Rounds));
        echo.Start();
        for (var number = 0; number < Rounds; number++)
        {
            link.A.TrySend(Ethernet(link.A.MacAddress, link.B.MacAddress, fill: (byte)number));
            Assert.Equal((byte)number, ReceiveOne(link.A)[^1]);
        }

        Assert.True(echo.Join(TimeSpan.FromSeconds(30)));
    }

    private static TcpRepresentation Segment => new()
    {
        SourcePort = 1,
        DestinationPort = 2,
        SequenceNumber = new(uint.MaxValue - 5),
        Flags = TcpFlags.Ack,
    };

    private static EcnCodepoint Ecn(byte[] bytes) => IPv4Packet.TryParse(bytes, out var packet4, out _) ? packet4.Ecn
        : IPv6Packet.TryParse(bytes, out var packet6, out _) ? packet6.Ecn
        : throw new InvalidOperationException("No packet.");

    private static void Echo(PacketDevice device, int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            device.Send(ReceiveOne(device));
        }
    }

    private static byte[] ReceiveOne(PacketDevice device)
    {
        var burst = new ReceivedFrame[1];
        while (device.Receive(burst) == 0)
        {
            device.Wait(Timeout.InfiniteTimeSpan, forRoom: false);
        }

        return burst[0].Bytes.ToArray();
    }
}
