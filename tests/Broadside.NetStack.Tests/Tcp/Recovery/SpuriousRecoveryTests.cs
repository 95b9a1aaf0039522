using Broadside.NetStack.Tcp.Recovery;

namespace Broadside.NetStack.Tests.Tcp.Recovery;

public sealed class SpuriousRecoveryTests
{
    [Fact]
    public void A_timestamp_from_before_the_retransmission_takes_the_reduction_back_RFC_3522()
    {
        var script = new RecoveryScript(timestamps: true);
        var sent = script.Time;
        script.Send(10);
        script.Advance(100);
        script.AcknowledgeEcho(0, sent, (1, 4));
        script.Retransmit();
        Assert.Equal(5, script.Threshold);
        script.Advance(5);
        Assert.True(script.AcknowledgeEcho(4, sent).WasSpurious);
        Assert.Equal((RecoveryPhase.Open, 10, double.PositiveInfinity), (script.Recovery.Phase, script.Window, script.Threshold));
        Assert.Equal(1, script.Recovery.Counters.SpuriousRecoveries);
    }

    [Fact]
    public void The_retransmission_s_own_timestamp_does_not_RFC_3522()
    {
        var script = new RecoveryScript(timestamps: true);
        var sent = script.Time;
        script.Send(10);
        script.Advance(100.7);
        script.AcknowledgeEcho(0, sent, (1, 4));
        script.Retransmit();
        var again = Math.Floor(script.Time);
        script.Advance(100);
        Assert.False(script.AcknowledgeEcho(4, again).WasSpurious);
        Assert.Equal(RecoveryPhase.FastRecovery, script.Recovery.Phase);
    }

    [Fact]
    public void So_does_a_report_of_every_retransmission_as_a_duplicate_RFC_2883_RFC_3708()
    {
        var script = new RecoveryScript();
        script.Send(10);
        script.Advance(100);
        script.Acknowledge(0, (2, 5));
        Assert.Equal([0], script.Retransmit());
        script.Acknowledge(0, (2, 7));
        Assert.Equal([1], script.Retransmit());
        script.Advance(1);
        script.Acknowledge(7);
        Assert.False(script.Acknowledge(7, (0, 1)).WasSpurious);
        Assert.True(script.Acknowledge(7, (1, 2)).WasSpurious);
        Assert.Equal((RecoveryPhase.Open, 10), (script.Recovery.Phase, script.Window));
    }

    [Fact]
    public void A_spurious_timeout_is_found_by_sending_new_data_RFC_5682_3_1()
    {
        var script = new RecoveryScript();
        script.Send(10);
        Timeout(script);
        Assert.Equal([0], script.Retransmit());
        Assert.Equal(1, script.Window);
        script.Advance(5);

        // Step 2: new data instead of what seems lost. Step 3: something sent once only arrives.
        script.Acknowledge(1);
        Assert.Empty(script.Retransmit());
        Assert.Equal(2, script.SendAllowed());
        script.Advance(1);
        Assert.True(script.Acknowledge(2).WasSpurious);
        Assert.Equal((RecoveryPhase.Open, 0, 1), (script.Recovery.Phase, script.Recovery.LostBytes, script.Recovery.Counters.SpuriousTimeouts));
        Assert.True(script.Window >= 10);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_duplicate_after_new_data_shows_real_loss_RFC_5682_2_1_3_1(bool sack)
    {
        var script = new RecoveryScript(sack);
        script.Send(10);
        Timeout(script);
        script.Retransmit();
        script.Advance(100);
        script.Acknowledge(1);
        Assert.Equal(2, script.SendAllowed());
        script.Advance(100);
        var outcome = sack ? script.Acknowledge(1, (10, 11)) : script.Acknowledge(1);
        Assert.False(outcome.WasSpurious);
        Assert.Equal((3, 1), (script.Window, script.Retransmit()[0]));
        Assert.Equal(RecoveryPhase.TimeoutRecovery, script.Recovery.Phase);
    }

    [Fact]
    public void Without_new_data_recovery_goes_on_RFC_5682_2_1_step_2()
    {
        var script = new RecoveryScript { Sendable = 0 };
        script.Send(10);
        Timeout(script);
        script.Retransmit();
        script.Advance(100);
        script.Acknowledge(1);
        Assert.Equal([1, 2], script.Retransmit());
    }

    [Fact]
    public void After_a_timeout_slow_start_begins_anew_RFC_5681_3_1()
    {
        var script = new RecoveryScript { Sendable = 0 };
        script.Send(10);
        Timeout(script);
        Assert.Equal((1, 5), (script.Window, script.Threshold));
        Assert.Equal([0], script.Retransmit());
        script.Advance(100);
        script.Acknowledge(1);
        Assert.Equal(2, script.Window);
        Assert.Equal([1, 2], script.Retransmit());
        script.Advance(100);

        // RFC 3465 section 2.3: no more than one segment an acknowledgment.
        script.Acknowledge(3);
        Assert.Equal(3, script.Window);
    }

    [Fact]
    public void The_same_segment_s_next_timeout_keeps_the_threshold_RFC_5681_3_1()
    {
        var script = new RecoveryScript();
        script.Send(10);
        Timeout(script);
        script.Retransmit();
        script.Expire();
        Assert.Equal((1, 5), (script.Window, script.Threshold));
    }

    private static void Timeout(RecoveryScript script)
    {
        while (script.Expire() != RecoveryTimer.RetransmissionTimeout)
        {
        }
    }
}
