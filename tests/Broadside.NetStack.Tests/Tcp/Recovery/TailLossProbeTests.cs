using Broadside.NetStack.Tcp.Recovery;

namespace Broadside.NetStack.Tests.Tcp.Recovery;

public sealed class TailLossProbeTests
{
    [Fact]
    public void A_probe_is_due_after_two_round_trips_RFC_8985_7_2()
    {
        var script = new RecoveryScript();
        script.Send(3);
        Assert.Equal(200, script.UntilDeadline);
        Assert.Equal(RecoveryTimer.TailLossProbe, script.Expire());
    }

    [Fact]
    public void With_one_segment_outstanding_it_waits_for_a_delayed_acknowledgment_but_no_longer_than_the_timeout_RFC_8985_7_2()
    {
        var script = new RecoveryScript(roundTrip: 40);
        script.Send(1);

        // RTO is 240 ms; 2 SRTT + 200 ms would be 280.
        Assert.Equal(240, script.UntilDeadline);
        Assert.Equal(RecoveryTimer.TailLossProbe, script.Expire());
    }

    [Fact]
    public void Without_a_sample_it_is_due_after_a_second_RFC_8985_7_2()
    {
        var script = new RecoveryScript(roundTrip: null);
        script.Send(2);
        Assert.Equal(1000, script.UntilDeadline);
        Assert.Equal(RecoveryTimer.TailLossProbe, script.Expire());
    }

    [Fact]
    public void After_a_probe_the_retransmission_timer_is_next_RFC_8985_7_3()
    {
        var script = new RecoveryScript();
        script.Send(3);
        script.Expire();
        script.Probe(newData: false);
        Assert.Equal(script.Recovery.RetransmissionTimeout.TotalMilliseconds, script.UntilDeadline);
        Assert.Equal(RecoveryTimer.RetransmissionTimeout, script.Expire());
        Assert.Equal(1, script.Recovery.Counters.TailLossProbes);
    }

    [Fact]
    public void A_probe_makes_a_lost_tail_known_RFC_8985_3_2()
    {
        var script = new RecoveryScript();
        script.Send(5);
        script.Advance(100);
        script.Acknowledge(1);
        Assert.Equal(RecoveryTimer.TailLossProbe, script.Expire());
        script.Probe(newData: false);
        script.Advance(100);

        // Segments 1 to 3 were lost; the probe, segment 4, has arrived.
        Assert.True(script.Acknowledge(1, (4, 5)).EnteredRecovery);
        Assert.Equal(3_000, script.Recovery.LostBytes);
    }

    [Fact]
    public void A_loss_that_the_probe_repaired_counts_as_congestion_RFC_8985_7_4()
    {
        var script = new RecoveryScript();
        script.Send(5);
        script.Advance(100);
        script.Acknowledge(4);
        Assert.Equal(RecoveryTimer.TailLossProbe, script.Expire());
        script.Probe(newData: false);
        script.Advance(1);
        script.Send(1);
        script.Advance(100);
        var before = script.Window;
        script.Acknowledge(6);
        Assert.Equal(1, script.Recovery.Counters.ProbeRecoveries);
        Assert.True(script.Window < before);
    }

    [Fact]
    public void A_probe_reported_as_a_duplicate_was_in_vain_RFC_8985_7_4()
    {
        var script = new RecoveryScript();
        script.Send(2);
        script.Expire();
        script.Probe(newData: false);
        script.Advance(10);
        script.Acknowledge(2);
        script.Send(1);
        script.Advance(100);
        var before = script.Window;
        script.Acknowledge(2, (1, 2));
        script.Acknowledge(3);
        Assert.Equal((0, 1), (script.Recovery.Counters.ProbeRecoveries, script.Recovery.Counters.DuplicateSacks));
        Assert.True(script.Window >= before);
    }

    [Fact]
    public void New_data_as_a_probe_proves_nothing_RFC_8985_7_4()
    {
        var script = new RecoveryScript();
        script.Send(2);
        script.Expire();
        script.Probe(newData: true);
        script.Advance(10);
        script.Acknowledge(3);
        Assert.Equal(0, script.Recovery.Counters.ProbeRecoveries);
    }

    [Fact]
    public void None_is_scheduled_while_something_is_sacked_or_without_SACK_RFC_8985_7_2()
    {
        var script = new RecoveryScript();
        script.Send(4);
        script.Advance(100);
        script.Acknowledge(1, (3, 4));
        Assert.NotEqual(RecoveryTimer.TailLossProbe, script.Expire());

        var without = new RecoveryScript(sack: false);
        without.Send(4);
        Assert.Equal(RecoveryTimer.RetransmissionTimeout, without.Expire());
    }

    [Fact]
    public void Only_one_is_sent_without_a_new_sample_RFC_8985_7_3()
    {
        var script = new RecoveryScript();
        script.Send(3);
        script.Expire();
        script.Probe(newData: true);
        script.Send(1);
        Assert.Equal(RecoveryTimer.RetransmissionTimeout, script.Expire());
    }
}
