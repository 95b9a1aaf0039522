using Broadside.NetStack.Tcp.Recovery;

namespace Broadside.NetStack.Tests.Tcp.Recovery;

public sealed class FastRecoveryTests
{
    [Fact]
    public void The_third_duplicate_retransmits_without_SACK_RFC_5681_3_2()
    {
        var script = WithoutSack();
        script.Acknowledge(1);
        script.Acknowledge(1);
        Assert.Empty(script.Retransmit());
        Assert.True(script.Acknowledge(1).EnteredRecovery);
        Assert.Equal([1], script.Retransmit());
        Assert.Equal(4.5, script.Threshold);
    }

    [Fact]
    public void The_first_two_duplicates_release_new_segments_RFC_3042()
    {
        var script = WithoutSack();
        script.SendAllowed();
        Assert.Equal(11, script.Window);
        script.Acknowledge(1);
        Assert.Equal(1, script.SendAllowed());
        script.Acknowledge(1);
        Assert.Equal(1, script.SendAllowed());
        Assert.Equal(11, script.Window);
    }

    [Fact]
    public void A_partial_acknowledgment_retransmits_the_next_hole_RFC_6582_3_2_step_3()
    {
        var script = WithoutSack();
        for (var duplicate = 0; duplicate < 6; duplicate++)
        {
            script.Acknowledge(1);
        }

        Assert.Equal([1], script.Retransmit());
        script.Advance(100);
        var outcome = script.Acknowledge(4);
        Assert.False(outcome.LeftRecovery);
        Assert.Equal([4], script.Retransmit());
        script.Advance(100);
        Assert.True(script.Acknowledge(10).LeftRecovery);
        Assert.Equal(script.Threshold, script.Window);
    }

    [Fact]
    public void Duplicates_from_before_a_timeout_start_no_recovery_RFC_6582_3_2_step_1()
    {
        var script = WithoutSack();
        script.Expire();
        script.Retransmit();
        script.Advance(50);
        script.Acknowledge(10);
        Assert.Equal(RecoveryPhase.Open, script.Recovery.Phase);
        script.Send(3);
        for (var duplicate = 0; duplicate < 5; duplicate++)
        {
            script.Acknowledge(10);
        }

        Assert.Equal((RecoveryPhase.Open, 0), (script.Recovery.Phase, script.Recovery.LostBytes));
    }

    [Fact]
    public void A_segment_with_data_or_another_window_is_no_duplicate_RFC_5681_2()
    {
        var script = WithoutSack();
        for (var count = 0; count < 5; count++)
        {
            var data = new Acknowledgment { Number = RecoveryScript.At(1), CarriesData = true };
            var window = new Acknowledgment { Number = RecoveryScript.At(1), ChangesWindow = true };
            Assert.False(script.Recovery.OnAcknowledgment(in data, script.Now).IsDuplicate);
            Assert.False(script.Recovery.OnAcknowledgment(in window, script.Now).IsDuplicate);
        }

        Assert.Equal(RecoveryPhase.Open, script.Recovery.Phase);
    }

    [Fact]
    public void In_proportion_to_what_is_delivered_something_is_sent_RFC_9937_6_2()
    {
        var script = new RecoveryScript();
        script.Send(20);
        script.Advance(100);

        // 19 still in flight after the first loss; half of cwnd 10 is to remain.
        script.Acknowledge(0, (1, 4));
        Assert.Equal([0], script.Retransmit());
        var sent = 1;
        for (var segment = 4; segment < 20; segment++)
        {
            script.Acknowledge(0, (1, segment + 1));
            sent += script.Recovery.LostBytes > 0 ? script.Retransmit().Length : script.SendAllowed();
        }

        Assert.Equal(RecoveryPhase.FastRecovery, script.Recovery.Phase);
        Assert.Equal(script.Threshold, script.InFlight);
        Assert.Equal(5, sent);
        script.Advance(100);
        Assert.True(script.Acknowledge(20).LeftRecovery);
        Assert.Equal(5, script.Window);
    }

    [Fact]
    public void Below_the_threshold_at_most_what_was_delivered_is_sent_and_one_more_if_safe_RFC_9937_6_2()
    {
        var reduction = new ProportionalRateReduction();
        reduction.Start(20_000);
        Assert.Equal(1000, reduction.OnAcknowledged(1000, 5_000, 10_000, 1000, isSafe: false));
        reduction.OnSent(1000);
        Assert.Equal(2000, reduction.OnAcknowledged(2000, 4_000, 10_000, 1000, isSafe: false));
        reduction.OnSent(2000);
        Assert.Equal(2000, reduction.OnAcknowledged(1000, 4_000, 10_000, 1000, isSafe: true));
        reduction.OnSent(2000);
        Assert.Equal(500, reduction.OnAcknowledged(3000, 9_500, 10_000, 1000, isSafe: true));
    }

    [Fact]
    public void What_was_lost_goes_before_new_data_RFC_6675_5()
    {
        var script = new RecoveryScript();
        script.Send(10);
        script.Advance(100);
        script.Acknowledge(0, (5, 10));
        Assert.Equal(0, script.Recovery.NewDataAllowance(script.Now));
        var first = script.Retransmit();
        Assert.Equal(Enumerable.Range(0, first.Length), first);
    }

    [Fact]
    public void Blocks_that_cannot_be_are_ignored_RFC_2018()
    {
        var script = new RecoveryScript();
        script.Send(10);
        script.Advance(100);
        script.Acknowledge(2);
        script.Acknowledge(2, (5, 4), (8, 30), (0, 4), (6, 6));
        Assert.Equal(0, script.Recovery.SackedBytes);
        var unsent = new Acknowledgment { Number = RecoveryScript.At(11) };
        Assert.Equal(0, script.Recovery.OnAcknowledgment(in unsent, script.Now).Acknowledged);
    }

    [Fact]
    public void What_the_receiver_has_discarded_is_sent_again_after_a_timeout_RFC_2018_8()
    {
        var script = new RecoveryScript();
        script.Send(10);
        script.Advance(100);
        script.Acknowledge(0, (1, 10));
        script.Retransmit();
        script.Advance(100);

        // The first has come, yet what was sacked behind it has gone.
        script.Acknowledge(1);
        Assert.Equal(9_000, script.Recovery.SackedBytes);
        Assert.Equal(RecoveryTimer.RetransmissionTimeout, script.Expire());
        Assert.Equal((0, 9_000, 1), (script.Recovery.SackedBytes, script.Recovery.LostBytes, script.Recovery.Counters.Reneged));
        Assert.Equal([1], script.Retransmit());
    }

    private static RecoveryScript WithoutSack()
    {
        var script = new RecoveryScript(sack: false);
        script.Send(10);
        script.Advance(100);
        script.Acknowledge(1);
        return script;
    }
}
