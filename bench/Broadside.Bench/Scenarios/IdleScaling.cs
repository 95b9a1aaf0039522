using System.Globalization;
using Broadside.Bench.Contenders;
using Broadside.Bench.Measurement;

namespace Broadside.Bench.Scenarios;

/// <summary>What connections cost that do nothing: the server's memory for each, and the latency of one that does something.</summary>
internal static class IdleScaling
{
    private const int Size = 64;

    private static readonly int[] Counts = [1_000, 10_000, 100_000];
    private static readonly int[] QuickCounts = [10_000];
    private static readonly string[] ActiveConnection = ["echo", "1", Size.ToString(CultureInfo.InvariantCulture), "1", "spin"];

    public static async IAsyncEnumerable<CaseReport> RunAsync(BenchContext context, string scenario)
    {
        foreach (var count in context.Quick ? QuickCounts : Counts)
        {
            var memory = new Dictionary<string, List<Sample>>();
            var contenders = Lineup.Holding(context, count).ToArray();
            if (contenders.Length == 0)
            {
                continue;
            }

            var latency = await context.InTurnAsync(
                $"{scenario}, {count} idle connections",
                [.. contenders.Select(contender => (contender.Name, (Func<Task<Sample>>)(async () =>
                {
                    var (bytes, ratio) = await MeasureAsync(context, contender, count);
                    (memory.TryGetValue(contender.Name, out var known) ? known : memory[contender.Name] = []).Add(bytes);
                    return ratio;
                })))]);
            yield return Report($"idle-{count}", "B/connection", [.. latency.Select(series => new Series(series.Contender, memory[series.Contender]))]);
            yield return Report($"idle-{count}-latency", "of-latency-without", latency);
        }

        CaseReport Report(string name, string unit, IReadOnlyList<Series> series) => new(scenario, name, unit, false, series[0], [.. series.Skip(1)]);
    }

    // Each time a server of its own: memory that has once been used is not taken again.
    private static async Task<(Sample Memory, Sample Latency)> MeasureAsync(BenchContext context, Contender contender, int count)
    {
        await using var server = contender.Start(context.Sandbox);
        await using var active = await RequestLoad.StartAsync(context, server, ActiveConnection);
        await using var idle = new IdleClients();
        await active.RunAsync(context.WarmUpSeconds / 4);
        var without = await active.RunAsync(context.Seconds / 2);
        var used = await server.UsedBytesAsync(context.CancellationToken);
        await idle.OpenAsync(context, server, Size, count);
        var grown = await server.UsedBytesAsync(context.CancellationToken) - used;
        var with = await active.RunAsync(context.Seconds / 2);
        return (
            new Sample(Math.Max(0, (double)grown / count)),
            new Sample(with.Median / without.Median) { Latency = with.Median, Latency99 = with.Percentile99 });
    }
}
