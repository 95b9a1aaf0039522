using System.Globalization;
using System.Text;

namespace Broadside.NetStack.Simulation.Throughput;

/// <summary>How fast one connection is by loss and delay: a table that is kept, so that a change of it is seen.</summary>
internal static class ThroughputGrid
{
    private const long BitsPerSecond = 100_000_000;
    private const long Length = 32 * 1024 * 1024;

    private static readonly TimeSpan Time = TimeSpan.FromSeconds(60);
    private static readonly double[] Losses = [0, 0.001, 0.01, 0.05, 0.1];
    private static readonly int[] RoundTrips = [1, 10, 50, 100];

    /// <summary>The table, in bytes per second.</summary>
    public static string Measure()
    {
        var table = new StringBuilder();
        table.Append(CultureInfo.InvariantCulture, $"One connection, CUBIC, {BitsPerSecond / 1_000_000} Mbit/s, ");
        table.Append(CultureInfo.InvariantCulture, $"until {Length / 1024 / 1024} MiB have arrived or {Time.TotalSeconds} s have passed: bytes per second.\n");
        table.Append("Frames are lost in both directions; the queue holds a round trip's worth, and 128 KiB at least.\n\n");
        table.Append("loss \\ round trip");
        foreach (var roundTrip in RoundTrips)
        {
            table.Append(CultureInfo.InvariantCulture, $"{roundTrip,11} ms");
        }

        foreach (var loss in Losses)
        {
            table.Append(CultureInfo.InvariantCulture, $"\n{loss * 100,15} %");
            table.Append(' ');
            foreach (var roundTrip in RoundTrips)
            {
                using var transfer = new BulkTransfer(BitsPerSecond, TimeSpan.FromMilliseconds(roundTrip), loss);
                table.Append(CultureInfo.InvariantCulture, $"{transfer.Run(Time, Length),14:F0}");
            }
        }

        return table.Append('\n').ToString();
    }
}
