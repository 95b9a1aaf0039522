namespace Broadside.NetStack.Simulation.Tests;

/// <summary>Some thousands of runs, each with all its checks; a failure names the seed and how to run it again.</summary>
public sealed class SeedTests
{
    private const int SeedsPerBlock = 1000;

    public static TheoryData<int> Blocks() => new(Enumerable.Range(0, 4));

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Two_stacks_keep_every_promise_whatever_happens_between_them(int block)
    {
        var tally = new Tally();
        for (var seed = (block * SeedsPerBlock) + 1; seed <= (block + 1) * SeedsPerBlock; seed++)
        {
            SimulationRun.Run(seed, tally);
        }

        RequireCovered(tally);
    }

    [Fact]
    public void A_seed_is_one_run()
    {
        for (var seed = 1; seed <= 50; seed++)
        {
            Assert.Equal(SimulationRun.Run(seed, new()), SimulationRun.Run(seed, new()));
        }
    }

    [Fact]
    public void A_failure_says_how_to_see_it_again()
    {
        var output = new StringWriter();
        Assert.Equal(0, CommandLine.Run(["--seeds", "1", "--first", "1", "--trace"], output, TextWriter.Null));
        Assert.Contains("Seed = 1", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("Flags [S]", output.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("1 passed, 0 failed", output.ToString().TrimEnd(), StringComparison.Ordinal);
        Assert.Equal(2, CommandLine.Run([], output, TextWriter.Null));
    }

    // What is meant to happen does, in every block.
    private static void RequireCovered(Tally tally)
    {
        string[] expected =
        [
            "closed: Closed", "closed: Aborted", "closed: PeerReset", "closed: Refused", "closed: TimedOut",
            "accepted", "refused by the acceptor", "opened by both at once", "left to the stack", "received into targets",
            "retransmissions", "timeouts", "fast recoveries", "tail loss probes", "spurious recoveries", "duplicate SACKs", "ECN reductions",
            "cookies sent", "cookies accepted", "opens refused", "SYNs dropped", "TIME-WAITs evicted", "no memory to send with",
            "frames lost", "frames duplicated", "frames reordered", "frames corrupted", "malformed segments", "packets marked",
            "frames dropped by queues and links", "frames refused by a full device", "packets too long for the path",
            "links cut", "paths changed", "black holes", "hosts stopped", "leaps in time",
        ];
        Assert.DoesNotContain(expected, what => tally.Counts.GetValueOrDefault(what) == 0);
    }
}
