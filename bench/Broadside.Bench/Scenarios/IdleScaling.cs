using Broadside.Bench.Contenders;
using Broadside.Bench.Measurement;

namespace Broadside.Bench.Scenarios;

/// <summary>What connections cost that do nothing: the server's memory for each, and the latency of one that does something.</summary>
internal static class IdleScaling
{
    private const int ManyConnections = 10_000;

    private static readonly int[] Counts = [1_000, ManyConnections, 100_000];
    private static readonly string[] Load = ["echo", "1", "64", "1", "spin"];

    public static async IAsyncEnumerable<CaseReport> RunAsync(BenchContext context, string scenario)
    {
        foreach (var count in context.Quick ? [ManyConnections] : Counts)
        {
            if (count > ManyConnections && !context.Sandbox.HasManyDescriptors)
            {
                context.Remark($"{scenario}: the limit of descriptors cannot be raised (prlimit), so {count} connections are not tried");
                continue;
            }

            var memory = new Dictionary<string, List<Sample>>();
            var latency = await context.InTurnAsync(
                $"{scenario}, {count} idle connections",
                [.. Lineup.Idle.Select(contender => (contender.Name, (Func<Task<Sample>>)(async () =>
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

    private static async Task<(Sample Memory, Sample Latency)> MeasureAsync(BenchContext context, Contender contender, int count)
    {
        await using var server = contender.Start(context.Sandbox);
        await using var load = await RequestLoad.StartAsync(context, server, Load);
        await load.RunAsync(context.WarmUpSeconds / 2);
        var without = await load.RunAsync(context.Seconds / 2);
        var used = await server.UsedBytesAsync(context.CancellationToken);
        await load.OpenIdleAsync(count);
        var grown = await server.UsedBytesAsync(context.CancellationToken) - used;
        var with = await load.RunAsync(context.Seconds / 2);
        return (
            new Sample(Math.Max(0, (double)grown / count)),
            new Sample(with.Median / without.Median) { Latency = with.Median, Latency99 = with.Percentile99 });
    }
}
