using System.Globalization;
using Broadside.Channels;

namespace Broadside.Testing.Tests;

/// <summary>
/// Random programs over many seeds. <c>BROADSIDE_SEED=n</c> replays one, with an arena that tells who did not return what;
/// <c>BROADSIDE_SEEDS=n</c> tries more.
/// </summary>
public class RandomProgramTests(ITestOutputHelper output)
{
    private const int Seeds = 3_000;

    [Fact]
    public void Whatever_happens_streams_are_prefixes_and_nothing_leaks()
    {
        if (Setting("BROADSIDE_SEED") is { } seed)
        {
            Replay(seed);
            return;
        }

        var arena = new Arena();
        var reasons = new HashSet<CloseReason>();
        var seeds = Setting("BROADSIDE_SEEDS") ?? Seeds;
        for (seed = 0; seed < seeds; seed++)
        {
            var program = new RandomProgram(seed, arena);
            program.Run();
            Assert.True(program.Failures.Count == 0, $"BROADSIDE_SEED={seed} replays this: {string.Join(' ', program.Failures)}");
            Assert.True(arena.AllocatedBytes == 0, $"BROADSIDE_SEED={seed} replays this: {arena.AllocatedBytes} bytes were not returned.");
            reasons.UnionWith(program.Reasons);
        }

        // The programs mean to come to every kind of end.
        Assert.Superset(
            new HashSet<CloseReason>
            {
                CloseReason.Closed, CloseReason.Aborted, CloseReason.PeerReset, CloseReason.Refused, CloseReason.TimedOut, CloseReason.ChannelStopped,
            },
            reasons);
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        var hashes = new HashSet<ulong>();
        for (var seed = 0; seed < 200; seed++)
        {
            var (one, other) = (new RandomProgram(seed, new Arena(), true), new RandomProgram(seed, new Arena(), true));
            one.Run();
            other.Run();
            Assert.Equal(one.Network.TraceHash, other.Network.TraceHash);
            Assert.True(one.Network.Trace.SequenceEqual(other.Network.Trace));
            hashes.Add(one.Network.TraceHash);
        }

        Assert.Equal(200, hashes.Count);
    }

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;

    private void Replay(int seed)
    {
        var arena = new Arena(new ArenaOptions { Diagnostics = true });
        var program = new RandomProgram(seed, arena, keepTrace: true);
        program.Run();
        foreach (var happened in program.Network.Trace)
        {
            output.WriteLine(happened.ToString());
        }

        Assert.Empty(program.Failures);
        Assert.Empty(arena.Outstanding());
    }
}
