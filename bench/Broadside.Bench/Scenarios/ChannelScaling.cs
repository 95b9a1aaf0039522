using Broadside.Bench.Contenders;
using Broadside.Bench.Measurement;

namespace Broadside.Bench.Scenarios;

/// <summary>Whether a second channel costs work: echoes per second of both cores, with one channel and with two.</summary>
/// <remarks>
/// The second channel shares a core with the load, so both cores count, the load's own work included, and the load sleeps when it has
/// nothing to do.
/// </remarks>
internal static class ChannelScaling
{
    private static readonly string[] Load = ["echo", "512", "1024", "1", "wait"];

    public static async IAsyncEnumerable<CaseReport> RunAsync(BenchContext context, string scenario)
    {
        var loads = new List<RequestLoad>();
        try
        {
            foreach (var contender in Lineup.OnChannels(1).Concat(Lineup.OnChannels(2)))
            {
                context.Progress($"{scenario}, channels: checking {contender.Name}");
                var load = await RequestLoad.StartAsync(context, contender.Start(context.Sandbox), Load);
                loads.Add(load);
                await load.RunAsync(context.WarmUpSeconds);
            }

            var series = await context.InTurnAsync(
                $"{scenario}, channels",
                [.. loads.Select(load => (load.Server.Contender.Name, (Func<Task<Sample>>)(() => MeasureAsync(context, load))))]);
            var half = series.Count / 2;
            yield return Report(scenario, "1-channel", series[0], [.. series.Take(half).Skip(1)]);
            for (var index = 0; index < half; index++)
            {
                var one = series[index] with { Contender = series[index].Contender + "-1-channel" };
                yield return Report(scenario, index == 0 ? "2-channels" : "2-channels-" + series[index].Contender, series[half + index], [one]);
            }
        }
        finally
        {
            foreach (var load in loads)
            {
                await load.DisposeAsync();
                await load.Server.DisposeAsync();
            }
        }
    }

    private static CaseReport Report(string scenario, string name, Series ours, IReadOnlyList<Series> peers) =>
        new(scenario, name, "krequests/cpu-s", true, ours, peers);

    private static async Task<Sample> MeasureAsync(BenchContext context, RequestLoad load)
    {
        var before = load.Server.Process.ProcessorTime();
        var outcome = await load.RunAsync(context.Seconds);
        var used = load.Server.Process.ProcessorTime() - before;
        var busy = outcome.ServerCore + outcome.LoadCore;
        return new Sample(outcome.Requests / busy / 1e3)
        {
            ServerMicroseconds = used.TotalMicroseconds / outcome.AllRequests,
            ServerCore = outcome.ServerCore / outcome.Seconds,
            Rate = outcome.Requests / outcome.Seconds,
            Latency = outcome.Median,
            Latency99 = outcome.Percentile99,
        };
    }
}
