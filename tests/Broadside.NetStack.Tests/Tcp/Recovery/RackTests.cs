using Broadside.NetStack.Tcp.Recovery;

namespace Broadside.NetStack.Tests.Tcp.Recovery;

public sealed class RackTests
{
    [Fact]
    public void Three_segments_sacked_behind_a_hole_start_recovery_RFC_8985_6_2()
    {
        var script = new RecoveryScript();
        script.Send(10);
        script.Advance(100);
        Assert.False(script.Acknowledge(0, (1, 2)).EnteredRecovery);
        Assert.False(script.Acknowledge(0, (1, 3)).EnteredRecovery);
        Assert.Empty(script.Retransmit());
        Assert.True(script.Acknowledge(0, (1, 4)).EnteredRecovery);
        Assert.Equal([0], script.Retransmit());
        Assert.Equal((RecoveryPhase.FastRecovery, 5), (script.Recovery.Phase, script.Threshold));
    }

    [Fact]
    public void Less_is_waited_for_a_quarter_of_the_round_trip_RFC_8985_6_2_step_5()
    {
        var script = new RecoveryScript();
        script.Send(3);
        script.Advance(100);
        Assert.False(script.Acknowledge(0, (1, 2)).EnteredRecovery);

        // Sent 100 ms ago, one round trip; the window is min_RTT / 4.
        Assert.Equal(25, script.UntilDeadline, 0.001);
        Assert.Equal(RecoveryTimer.LossMarked, script.Expire());
        Assert.Equal([0], script.Retransmit());
        Assert.Equal(RecoveryPhase.FastRecovery, script.Recovery.Phase);
    }

    [Fact]
    public void What_arrives_within_the_window_is_not_retransmitted_RFC_8985_3_1()
    {
        var script = new RecoveryScript();
        script.Send(3);
        script.Advance(100);
        script.Acknowledge(0, (1, 2));
        script.Advance(20);
        script.Acknowledge(2);
        Assert.Equal(0, script.Recovery.LostBytes);
        script.Advance(5);
        Assert.Equal(RecoveryTimer.None, script.Recovery.OnDeadline(script.Now));
        Assert.Equal(RecoveryPhase.Open, script.Recovery.Phase);
    }

    [Fact]
    public void Once_reordering_was_seen_three_segments_are_no_longer_enough_RFC_8985_6_2_step_4()
    {
        var script = new RecoveryScript();
        script.Send(10);
        script.Advance(100);
        script.Acknowledge(0, (1, 2));
        script.Acknowledge(2);
        Assert.False(script.Acknowledge(2, (3, 8)).EnteredRecovery);
        Assert.Equal(25, script.UntilDeadline, 0.001);
        Assert.Equal(RecoveryTimer.LossMarked, script.Expire());
        Assert.Equal([2], script.Retransmit());
    }

    [Fact]
    public void A_lost_retransmission_is_found_by_what_was_sent_after_it_RFC_8985_3_2()
    {
        var script = new RecoveryScript();
        script.Send(10);
        script.Advance(100);
        script.Acknowledge(0, (1, 6));
        Assert.Equal([0], script.Retransmit());
        script.Advance(1);
        script.Send(2);
        script.Advance(100);

        // What was sent after the retransmission has arrived, it has not.
        script.Acknowledge(0, (1, 12));
        Assert.Equal([0], script.Retransmit());
        script.Advance(100);
        script.Acknowledge(12);
        Assert.Equal(RecoveryPhase.Open, script.Recovery.Phase);
    }

    [Fact]
    public void A_tail_of_losses_in_one_flight_is_found_at_once_RFC_8985_3_2()
    {
        var script = new RecoveryScript();
        script.Send(10);
        script.Advance(100);
        script.Acknowledge(2, (3, 4), (5, 6), (9, 10));
        Assert.Equal(5_000, script.Recovery.LostBytes);
    }

    [Fact]
    public void Offloaded_segments_are_split_where_some_arrived()
    {
        var script = new RecoveryScript();
        script.Recovery.OnSent(script.Recovery.Next, 64_000, SentKind.NewData, script.Now);
        script.Advance(100);
        script.Acknowledge(2, (10, 20), (30, 64));
        Assert.Equal(18_000, script.Recovery.LostBytes);
        Assert.True(script.Recovery.TryGetRetransmission(64_000, out var start, out var length));
        Assert.Equal(RecoveryScript.At(2), start);
        Assert.True(length is > 0 and <= 8_000 && length % RecoveryScript.Segment == 0);
    }

    [Fact]
    public void Duplicates_reported_widen_the_window_once_a_round_trip_and_sixteen_recoveries_narrow_it_RFC_8985_6_2_step_4()
    {
        var window = ReorderingWindow.Initial;
        var (scoreboard, rack) = (new Scoreboard(64), new RackDetector(RecoveryOptions.Default));
        scoreboard.Start(new(0), 1000);
        rack.Start(new(0));
        rack.OnRoundTrip(TimeSpan.FromMilliseconds(40), TimeSpan.Zero);
        Assert.Equal(10, Of(window));
        window.OnAcknowledged(new(1000), new(5000), hasDuplicateSack: true);
        Assert.Equal(20, Of(window));
        window.OnAcknowledged(new(2000), new(6000), hasDuplicateSack: true);
        Assert.Equal(20, Of(window));
        window.OnAcknowledged(new(5000), new(7000), hasDuplicateSack: true);
        Assert.Equal(30, Of(window));
        for (var round = 0; round < 10; round++)
        {
            window.OnAcknowledged(new(10_000 * ((uint)round + 1)), new(10_000 * ((uint)round + 2)), hasDuplicateSack: true);
        }

        // Never more than the smoothed round trip.
        Assert.Equal(100, Of(window));
        for (var recovery = 0; recovery < 16; recovery++)
        {
            Assert.Equal(100, Of(window));
            window.OnRecovered();
        }

        Assert.Equal(10, Of(window));

        double Of(ReorderingWindow current) => current.Of(scoreboard, rack, TimeSpan.FromMilliseconds(100), isRecovering: false).TotalMilliseconds;
    }

    [Fact]
    public void On_a_timeout_only_the_first_and_what_had_its_time_is_lost_RFC_8985_6_3()
    {
        var script = new RecoveryScript();
        script.Send(4);
        script.Advance(100);
        script.Acknowledge(1);
        script.Probe(newData: false);
        script.Advance(script.UntilDeadline - 10);
        script.Send(2);
        Assert.Equal(RecoveryTimer.RetransmissionTimeout, script.Expire());
        Assert.Equal((3_000, 2), (script.Recovery.LostBytes, script.InFlight));
    }

    [Fact]
    public void The_least_round_trip_is_forgotten_after_minutes_RFC_8985_6_2_step_1()
    {
        var minimum = MinimumRoundTrip.None;
        Assert.False(minimum.HasValue);
        minimum.OnSample(TimeSpan.FromMilliseconds(10), TimeSpan.Zero);
        for (var minute = 0; minute <= 6; minute++)
        {
            minimum.OnSample(TimeSpan.FromMilliseconds(30), TimeSpan.FromMinutes(minute));
            Assert.Equal(minute < 6 ? 10 : 30, minimum.Value.TotalMilliseconds);
        }
    }
}
