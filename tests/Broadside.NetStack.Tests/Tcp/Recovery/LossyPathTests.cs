namespace Broadside.NetStack.Tests.Tcp.Recovery;

public sealed class LossyPathTests
{
    [Fact]
    public void Whatever_is_lost_arrives_in_the_end_and_what_has_arrived_is_not_sent_again()
    {
        var (timeouts, fast, probes, spurious, reneged) = (0, 0, 0, 0, 0);
        for (var seed = 0; seed < 400; seed++)
        {
            var path = new LossyPath(seed);
            path.Run();
            timeouts += path.Counters.Timeouts;
            fast += path.Counters.FastRecoveries;
            probes += path.Counters.TailLossProbes;
            spurious += path.Counters.SpuriousRecoveries + path.Counters.SpuriousTimeouts;
            reneged += path.Counters.Reneged;
        }

        Assert.True(timeouts > 0 && fast > 0 && probes > 0 && spurious > 0 && reneged > 0, "Some path through recovery was never taken.");
    }
}
