using Broadside.NetStack.Tcp.Recovery;

namespace Broadside.NetStack.Tests.Tcp.Recovery;

public sealed class WindowReductionTests
{
    [Fact]
    public void A_mark_halves_the_window_once_a_window_RFC_3168_6_1_2()
    {
        var script = new RecoveryScript(ecn: true);
        script.Send(10);
        script.Advance(100);
        script.AcknowledgeMarked(1);
        Assert.Equal((5, 5, true), (script.Window, script.Threshold, script.Recovery.MustSignalReduction));
        script.AcknowledgeMarked(5);
        script.AcknowledgeMarked(10);
        Assert.Equal(5, script.Window);
        script.Send(2);
        Assert.False(script.Recovery.MustSignalReduction);
        script.Advance(100);
        script.AcknowledgeMarked(12);
        Assert.Equal(2, script.Window);
        Assert.Equal(2, script.Recovery.Counters.EcnReductions);
    }

    [Fact]
    public void Marks_mean_nothing_where_ECN_was_not_agreed()
    {
        var script = new RecoveryScript();
        script.Send(10);
        script.Advance(100);
        script.AcknowledgeMarked(1);
        Assert.Equal((10, false), (script.Window, script.Recovery.MustSignalReduction));
    }

    [Fact]
    public void A_loss_is_signalled_too_RFC_3168_6_1_2()
    {
        var script = new RecoveryScript(ecn: true);
        script.Send(10);
        script.Advance(100);
        script.Acknowledge(0, (1, 5));
        Assert.True(script.Recovery.MustSignalReduction);
        script.Retransmit();
        Assert.True(script.Recovery.MustSignalReduction);
    }

    [Fact]
    public void After_an_idle_timeout_the_window_restarts_RFC_5681_4_1()
    {
        var script = new RecoveryScript();
        for (var round = 0; round < 3; round++)
        {
            script.SendAllowed();
            script.Advance(100);
            var next = (script.Recovery.Next - RecoveryScript.First) / RecoveryScript.Segment;
            for (var left = script.Recovery.Outstanding / RecoveryScript.Segment - 1; left >= 0; left--)
            {
                script.Acknowledge(next - left);
            }
        }

        Assert.True(script.Window > 40);
        script.Advance(script.Recovery.RetransmissionTimeout.TotalMilliseconds - 101);
        Assert.True(script.Recovery.NewDataAllowance(script.Now) > 40_000);
        script.Advance(200);
        Assert.Equal(10_000, script.Recovery.NewDataAllowance(script.Now));
    }

    [Fact]
    public void A_window_that_is_not_used_does_not_grow_RFC_7661_4_3()
    {
        var script = new RecoveryScript();
        for (var segment = 1; segment < 50; segment++)
        {
            script.Send(1);
            script.Advance(100);
            script.Acknowledge(segment);
        }

        Assert.Equal(10, script.Window);
    }

    [Fact]
    public void A_smaller_path_MTU_has_large_segments_sent_again_without_a_reduction_RFC_1191_6_4()
    {
        var script = new RecoveryScript();
        script.Send(6);
        script.Recovery.OnSegmentSizeChanged(600, script.Now);
        Assert.Equal((6_000, 10, double.PositiveInfinity), (script.Recovery.LostBytes, script.Window, script.Threshold));
        Assert.True(script.Recovery.TryGetRetransmission(600, out var start, out var length));
        Assert.Equal((RecoveryScript.First, 600), (start, length));
        while (script.Recovery.TryGetRetransmission(600, out start, out length))
        {
            script.Recovery.OnSent(start, length, SentKind.Retransmission, script.Now);
        }

        Assert.Equal((6, RecoveryPhase.Open), (script.InFlight, script.Recovery.Phase));
        script.Advance(100);
        script.Acknowledge(6);
        Assert.True(script.Window >= 10);
    }

    [Fact]
    public void The_initial_window_is_ten_segments_or_14600_bytes_RFC_6928_2()
    {
        Assert.Equal(10_000, new RecoveryScript().Recovery.CongestionWindow);
        Assert.Equal(14_600, Initial(1460));
        Assert.Equal(17_920, Initial(8960));
        Assert.Equal(5_360, Initial(536));

        static int Initial(int segmentSize)
        {
            var recovery = new LossRecovery(RecoveryOptions.Default);
            recovery.Start(new() { Next = new(1), SegmentSize = segmentSize }, default);
            return recovery.CongestionWindow;
        }
    }
}
