using Broadside.NetStack.Simulation.Throughput;

namespace Broadside.NetStack.Simulation.Tests;

public sealed class ThroughputTests
{
    private const string UpdateVariable = "UPDATE_SNAPSHOTS";

    /// <summary>A table that changed is no error by itself: run once with UPDATE_SNAPSHOTS=1 and look at the difference.</summary>
    [Fact]
    public void Throughput_by_loss_and_delay_is_what_it_was()
    {
        var measured = ThroughputGrid.Measure();
        var path = SnapshotPath();
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            File.WriteAllText(path, measured);
        }

        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), measured);
    }

    [Fact]
    public void A_gigabit_at_100_ms_is_filled()
    {
        const long BitsPerSecond = 1_000_000_000;
        using var transfer = new BulkTransfer(BitsPerSecond, TimeSpan.FromMilliseconds(100), loss: 0);
        transfer.Run(TimeSpan.FromSeconds(3), long.MaxValue);
        var rate = transfer.GoOn(128 * 1024 * 1024);
        Assert.True(rate > 0.9 * BitsPerSecond / 8, $"{rate:N0} bytes per second.");
    }

    // In the sources, above wherever the tests were built to.
    private static string SnapshotPath()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Broadside.slnx")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests do not lie within the repository.");
        }

        return Path.Combine(folder.FullName, "tests", "Broadside.NetStack.Simulation.Tests", "Throughput.txt");
    }
}
