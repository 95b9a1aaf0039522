using Broadside.NetStack.Tcp.Recovery;

namespace Broadside.NetStack.Tests.Tcp.Recovery;

public sealed class RetransmissionTimerTests
{
    [Fact]
    public void A_handshake_backs_off_from_one_second_RFC_6298_5_5()
    {
        var timer = new RetransmissionTimer(RecoveryOptions.Default);
        var now = TimeSpan.Zero;
        timer.Restart(now);
        foreach (var expected in new[] { 1, 2, 4, 8, 16, 32, 64, 120, 120 })
        {
            Assert.Equal(TimeSpan.FromSeconds(expected), timer.Deadline - now);
            now = timer.Deadline;
            timer.OnExpired(now);
        }

        Assert.Equal(9, timer.ConsecutiveTimeouts);
    }

    [Fact]
    public void After_a_lost_SYN_data_starts_with_three_seconds_RFC_6298_5_7()
    {
        var script = new RecoveryScript(roundTrip: null, handshakeTimedOut: true);
        Assert.Equal(TimeSpan.FromSeconds(3), script.Recovery.RetransmissionTimeout);
        Assert.Equal(1, script.Window);
    }

    [Fact]
    public void It_runs_while_something_is_outstanding_RFC_6298_5_1_to_5_3()
    {
        var script = new RecoveryScript(sack: false);
        Assert.Equal(TimeSpan.MaxValue, script.Recovery.NextDeadline);
        script.Send(1);
        var deadline = script.Recovery.NextDeadline;
        script.Advance(50);
        script.Send(1);
        Assert.Equal(deadline, script.Recovery.NextDeadline);
        script.Advance(50);
        script.Acknowledge(1);
        Assert.Equal(script.Recovery.RetransmissionTimeout, script.Recovery.NextDeadline - script.Now);
        script.Acknowledge(2);
        Assert.Equal(TimeSpan.MaxValue, script.Recovery.NextDeadline);
    }

    [Fact]
    public void Timeouts_retransmit_the_first_segment_and_back_off_RFC_6298_5_4_to_5_6()
    {
        var script = new RecoveryScript(sack: false);
        script.Send(3);
        var timeout = script.UntilDeadline;
        for (var attempt = 0; attempt < 4; attempt++, timeout *= 2)
        {
            Assert.Equal(timeout, script.UntilDeadline);
            Assert.Equal(RecoveryTimer.RetransmissionTimeout, script.Expire());
            Assert.Equal([0], script.Retransmit());
        }

        Assert.Equal(4, script.Recovery.ConsecutiveTimeouts);
    }

    [Fact]
    public void Retransmitted_data_is_not_measured_and_keeps_the_back_off_RFC_6298_3()
    {
        var script = new RecoveryScript(sack: false);
        script.Send(1);
        script.Expire();
        script.Retransmit();
        var timeout = script.Recovery.RetransmissionTimeout;
        script.Advance(5);
        script.Acknowledge(1);
        Assert.Equal(timeout, script.Recovery.RetransmissionTimeout);
        script.Send(1);
        script.Advance(100);
        script.Acknowledge(2);
        Assert.True(script.Recovery.RetransmissionTimeout < timeout / 1.5);
    }

    [Fact]
    public void Timestamps_measure_retransmitted_data_too_RFC_7323_4()
    {
        var script = new RecoveryScript(sack: false, timestamps: true, roundTrip: null);
        script.Send(1);
        script.Expire();
        script.Retransmit();
        var sent = script.Time;
        script.Advance(40);
        script.AcknowledgeEcho(1, sent);
        Assert.Equal(40, script.Recovery.SmoothedRoundTrip.TotalMilliseconds);
    }
}
