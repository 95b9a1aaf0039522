using Broadside.NetStack.Tcp.Congestion;
using Broadside.NetStack.Tests.Tcp.Recovery;

namespace Broadside.NetStack.Tests.Tcp.Congestion;

public sealed class PacerTests
{
    private const int Segment = 1000;

    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData(true, 2_000_000)]
    [InlineData(false, 1_200_000)]
    public void A_window_takes_less_than_a_round_trip(bool isSlowStart, double rate)
    {
        var pacer = Paced(isSlowStart);
        Assert.Equal(rate, pacer.Rate, 0.001);
        var (now, sent) = (TimeSpan.Zero, 0);
        while (now < TimeSpan.FromSeconds(1))
        {
            var allowance = pacer.Allowance(now);
            Assert.True(allowance >= Segment);
            Assert.True(allowance <= 10 * Segment);
            pacer.OnSent(Segment, now);
            sent += Segment;
            now = pacer.Deadline > now ? pacer.Deadline : now;
        }

        // What the first burst was ahead by is all that exceeds the rate.
        Assert.InRange(sent, rate, rate + (11 * Segment));
    }

    [Fact]
    public void Nothing_is_paced_before_a_round_trip_is_known()
    {
        var pacer = new Pacer();
        pacer.Start(Segment, TimeSpan.Zero);
        pacer.OnSent(1_000_000, TimeSpan.Zero);
        Assert.Equal((int.MaxValue, TimeSpan.Zero), (pacer.Allowance(TimeSpan.Zero), pacer.Deadline));
    }

    [Fact]
    public void A_paced_connection_is_told_when_to_go_on()
    {
        var script = new RecoveryScript(paced: true, slowStartThreshold: 100_000);
        for (var round = 1; round <= 3; round++)
        {
            script.SendAllowed();
            script.Advance(100);
            script.Acknowledge((script.Recovery.Next - RecoveryScript.First) / Segment);
        }

        var sent = script.SendAllowed();
        Assert.InRange(sent, 1, 10);
        Assert.True(script.Recovery.PacingDeadline > script.Now);
        script.Advance((script.Recovery.PacingDeadline - script.Now).TotalMilliseconds);
        Assert.Equal(1, script.SendAllowed());
    }

    private static Pacer Paced(bool isSlowStart)
    {
        var pacer = new Pacer();
        pacer.Start(Segment, TimeSpan.Zero);
        pacer.OnWindowChanged(100 * Segment, isSlowStart, RoundTrip, Segment, TimeSpan.Zero);
        return pacer;
    }
}
