using Broadside.NetStack.Tcp.Congestion;

namespace Broadside.NetStack.Tests.Tcp.Recovery;

/// <summary>Reno, CUBIC and RACK-TLP on traces worked out by hand from their RFCs.</summary>
public sealed class KnownTraceTests
{
    /// <summary>RFC 8985 section 3.4: a tail is lost, the probe shows it, and a retransmission is lost too; PRR admits the second segment later.</summary>
    [Fact]
    public void Rack_and_a_probe_recover_a_lost_tail_RFC_8985_3_4() => Trace.Play("""
        0    send 4                   | flight 4 deadline 200
        100  ack 1                    | flight 3 deadline 300 phase Open
        300  timer                    | due TailLossProbe
        300  probe old                | flight 3 deadline 600
        400  ack 1 3-4                | lost 2 flight 0 phase FastRecovery ssthresh 2 rexmit 1 flight 1
        500  ack 2 3-4                | lost 1 rexmit 2 flight 1
        600  ack 4                    | flight 0 phase Open cwnd 2 deadline none
        """);

    [Fact]
    public void A_lost_retransmission_needs_no_timeout_RFC_8985_3_2() => Trace.Play("""
        0    send 10                  | flight 10 deadline 200
        100  ack 0 1-2                | deadline 125 phase Open
        100  ack 0 1-3                | deadline 125
        100  ack 0 1-4                | phase FastRecovery ssthresh 5 lost 1 flight 6 rexmit 0 flight 7
        100  ack 0 1-5                | flight 6
        100  fill                     | sent 0
        100  ack 0 1-6                | flight 5 cwnd 5
        100  fill                     | sent 0
        101  ack 0 1-7                | flight 4 cwnd 5
        101  fill                     | sent 1 flight 5
        101  ack 0 1-10               | flight 2 cwnd 5
        102  fill                     | sent 3
        201  ack 0 1-11               | lost 1 rexmit 0
        301  ack 14                   | phase Open cwnd 5 flight 0
        """);

    [Fact]
    public void Reno_follows_its_sawtooth_RFC_5681_3_1() => Sawtooth(CongestionAlgorithm.Reno, loss: 20, remains: 10, roundsBetween: 11);

    /// <summary>The Reno-friendly region of RFC 9438 section 4.3, where round trips are short: 3 (1 - 0.7) / (1 + 0.7) segments a round trip.</summary>
    [Fact]
    public void Cubic_follows_a_flatter_one_where_round_trips_are_short_RFC_9438_4_3() =>
        Sawtooth(CongestionAlgorithm.Cubic, loss: 20, remains: 14, roundsBetween: 12);

    [Fact]
    public void Reno_without_SACK_counts_duplicates_RFC_5681_3_2_RFC_6582_3_2() => Trace.Play(
        """
        0    send 10                  | flight 10 cwnd 10 deadline 300
        100  ack 1                    | cwnd 11 flight 9
        100  fill                     | sent 2 flight 11
        101  ack 1                    | flight 10
        101  fill                     | sent 1
        101  ack 1                    | flight 10
        101  fill                     | sent 1
        102  ack 1                    | phase FastRecovery ssthresh 5.5 rexmit 1
        202  ack 5                    | phase FastRecovery rexmit 5
        302  ack 14                   | phase Open cwnd 5.5 flight 0 deadline none
        """,
        sack: false);

    [Fact]
    public void A_timeout_slow_starts_to_half_and_goes_on_slowly_RFC_5681_3_1() => Trace.Play(
        """
        0    send 10                  | deadline 300
        300  timer                    | due RetransmissionTimeout cwnd 1 ssthresh 5 lost 10 rexmit 0 deadline 900
        900  timer                    | due RetransmissionTimeout cwnd 1 ssthresh 5 rexmit 0 deadline 2100
        1000 ack 1                    | cwnd 2 rexmit 1,2
        1100 ack 2                    | cwnd 3 rexmit 3,4
        1100 ack 3                    | cwnd 4 rexmit 5,6
        1200 ack 4                    | cwnd 5
        1200 ack 10                   | phase Open cwnd 6
        """,
        sack: false);

    [Fact]
    public void A_mark_halves_once_a_window_RFC_3168_6_1_2() => Trace.Play("""
        0    send 10
        100  ack 1 ece                | cwnd 5 ssthresh 5 phase Open
        100  ack 5 ece                | cwnd 5
        100  ack 9                    | cwnd 5 flight 1
        100  fill                     | sent 4
        100  ack 10 ece               | cwnd 5
        200  ack 12 ece               | cwnd 2
        """);

    [Fact]
    public void Cubic_returns_to_its_plateau_after_K_RFC_9438_4_2()
    {
        var script = new RecoveryScript(algorithm: CongestionAlgorithm.Cubic, slowStartThreshold: 400);
        var path = new RoundTrips(script, 200);
        path.UntilWindow(400);
        var before = script.Window;
        path.LoseOne();
        Assert.InRange(script.Window / before, 0.69, 0.71);
        var (start, low) = (script.Time, script.Window);
        var maximum = low / 0.7;
        var k = Math.Cbrt(maximum * 0.3 / 0.4);
        while (script.Time - start < k * 1500)
        {
            path.Round();
            Assert.InRange(script.Window, At(script.Time - 200) * 0.99, At(script.Time + 200));
        }

        double At(double time) => (0.4 * Math.Pow((time - start) / 1000 - k, 3)) + maximum;
    }

    private static void Sawtooth(CongestionAlgorithm algorithm, int loss, int remains, int roundsBetween)
    {
        var script = new RecoveryScript(algorithm: algorithm, slowStartThreshold: 10, roundTrip: 4);
        var path = new RoundTrips(script, 4);
        path.UntilWindow(loss);
        for (var tooth = 0; tooth < 4; tooth++)
        {
            path.LoseOne();
            Assert.InRange(script.Window, remains, remains + 0.8);
            Assert.InRange(path.UntilWindow(loss), roundsBetween - 2, roundsBetween);
        }
    }

    /// <summary>A path on which each window is sent at once and acknowledged a segment at a time, a round trip later.</summary>
    private sealed class RoundTrips(RecoveryScript script, double milliseconds)
    {
        private int _acknowledged;

        public int UntilWindow(double window)
        {
            var rounds = 0;
            for (; script.Window < window; rounds++)
            {
                Round();
            }

            return rounds;
        }

        public void Round()
        {
            script.SendAllowed();
            var end = (script.Recovery.Next - RecoveryScript.First) / RecoveryScript.Segment;
            script.Advance(milliseconds);
            while (_acknowledged < end)
            {
                script.Acknowledge(++_acknowledged);
            }
        }

        public void LoseOne()
        {
            script.SendAllowed();
            var end = (script.Recovery.Next - RecoveryScript.First) / RecoveryScript.Segment;
            script.Advance(milliseconds);
            for (var segment = _acknowledged + 1; segment < end; segment++)
            {
                script.Acknowledge(_acknowledged, (_acknowledged + 1, segment + 1));
                script.Retransmit();
                script.SendAllowed();
            }

            script.Advance(milliseconds);
            _acknowledged = (script.Recovery.Next - RecoveryScript.First) / RecoveryScript.Segment;
            Assert.True(script.Acknowledge(_acknowledged).LeftRecovery);
        }
    }
}
