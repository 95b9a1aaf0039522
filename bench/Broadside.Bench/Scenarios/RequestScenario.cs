using Broadside.Bench.Contenders;
using Broadside.Bench.Machine;
using Broadside.Bench.Measurement;
using Broadside.Bench.Reporting;

namespace Broadside.Bench.Scenarios;

/// <summary>Requests and answers: what one takes of the server's core.</summary>
internal sealed class RequestScenario(string name, string description, string unit, IReadOnlyList<Contender> contenders, params RequestCase[] cases)
    : IScenario
{
    // What a load's own code takes to be compiled.
    private const double LoadWarmUpSeconds = 0.4;

    public string Name => name;

    public string Description => description;

    public IReadOnlyList<Contender> Contenders => contenders;

    public async IAsyncEnumerable<CaseReport> RunAsync(BenchContext context)
    {
        var servers = Lineup.Installed(context, contenders).Select(contender => contender.Start(context.Sandbox)).ToList();
        try
        {
            foreach (var each in cases.Where(each => each.IsQuick || !context.Quick))
            {
                yield return await RunAsync(context, each, servers);
            }
        }
        finally
        {
            await DisposeAsync(servers);
        }
    }

    private static async Task DisposeAsync(IEnumerable<IAsyncDisposable> all)
    {
        foreach (var one in all)
        {
            await one.DisposeAsync();
        }
    }

    private async Task<CaseReport> RunAsync(BenchContext context, RequestCase @case, IReadOnlyList<RunningContender> servers)
    {
        var loads = new List<RequestLoad>();
        try
        {
            foreach (var server in servers)
            {
                context.Progress($"{name}, {@case.Name}: checking {server.Contender.Name}");
                await StartAsync(context, @case, server, loads);
            }

            var series = await context.InTurnAsync(
                $"{name}, {@case.Name}",
                [.. loads.Select(load => (load.Server.Contender.Name, (Func<Task<Sample>>)(() => load.MeasureAsync(context.Seconds))))]);
            series.ToList().ForEach(one => TellCounters(context, @case, one));
            return new CaseReport(name, @case.Name, unit, false, series[0], [.. series.Skip(1)]);
        }
        finally
        {
            await DisposeAsync(loads);
        }
    }

    // Nobody's figure is quoted who does not do the work, nor while it is still warming up.
    private async Task StartAsync(BenchContext context, RequestCase @case, RunningContender server, List<RequestLoad> loads)
    {
        try
        {
            var load = await RequestLoad.StartAsync(context, server, @case.Load);
            loads.Add(load);
            await load.RunAsync(server.Contender.NeedsWarmUp && @case == cases[0] ? context.WarmUpSeconds : LoadWarmUpSeconds);
        }
        catch (BenchException failure) when (server.Contender != contenders[0])
        {
            context.Remark($"{server.Contender.Name} failed the check of {name}, {@case.Name} and is left out. {failure.Message}");
        }
    }

    private void TellCounters(BenchContext context, RequestCase @case, Series series)
    {
        var names = series.Samples.SelectMany(static sample => sample.Counters!.Keys).Distinct().ToArray();
        if (names.Length > 0)
        {
            var counts = names.Select(counter => $"{ResultLine.Number(series.Median(sample => sample.Counters![counter])!.Value)} {counter}");
            context.Remark($"{name}, {@case.Name}: {series.Contender} made per request {string.Join(", ", counts)}");
        }
    }
}
