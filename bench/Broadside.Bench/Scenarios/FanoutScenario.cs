using System.Globalization;
using System.Text.Json;
using Broadside.Bench.Contenders;
using Broadside.Bench.Load;
using Broadside.Bench.Machine;
using Broadside.Bench.Measurement;

namespace Broadside.Bench.Scenarios;

/// <summary>A client publishes over TCP, the server delivers to subscribers that read all they get.</summary>
internal sealed class FanoutScenario(string name, string description, int size, int[] cases, FanoutUnit unit) : IScenario
{
    public string Name => name;

    public string Description => description;

    public IReadOnlyList<Contender> Contenders => Lineup.Fanout;

    public async IAsyncEnumerable<CaseReport> RunAsync(BenchContext context)
    {
        var running = new List<RunningContender>();
        try
        {
            foreach (var contender in Lineup.Installed(context, Contenders))
            {
                await StartAsync(context, contender, running);
            }

            foreach (var receivers in cases)
            {
                var series = await context.InTurnAsync(
                    $"{name}, {receivers} receivers",
                    [.. running.Select(server => (server.Contender.Name, (Func<Task<Sample>>)(() => MeasureAsync(context, server, receivers))))]);
                yield return new CaseReport(name, receivers.ToString(CultureInfo.InvariantCulture), unit.Name, true, series[0], [.. series.Skip(1)]);
            }
        }
        finally
        {
            foreach (var server in running)
            {
                await server.DisposeAsync();
            }
        }
    }

    // Nobody's rate is quoted who does not do the work, nor while it is still warming up.
    private async Task StartAsync(BenchContext context, Contender contender, List<RunningContender> running)
    {
        var server = contender.Start(context.Sandbox);
        try
        {
            foreach (var receivers in cases)
            {
                context.Progress($"{name}, {receivers} receivers: checking {contender.Name}");
                await context.AskWorkerAsync(Processors.Load, ["check", .. Arguments(server, receivers)]);
                if (contender.NeedsWarmUp)
                {
                    await RunAsync(context, server, receivers, context.WarmUpSeconds);
                }
            }

            running.Add(server);
        }
        catch (BenchException failure) when (running.Count > 0)
        {
            await server.DisposeAsync();
            context.Remark($"{contender.Name} failed the check of {name} and is left out. {failure.Message}");
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private async Task<Sample> MeasureAsync(BenchContext context, RunningContender server, int receivers)
    {
        var outcome = await RunAsync(context, server, receivers, context.Seconds);
        var units = unit.Count(outcome.Bytes, server.Contender.Protocol, size);
        return new Sample(units / outcome.ServerCpu / unit.Scale)
        {
            ServerMicroseconds = outcome.ServerCpu * 1e6 / units,
            BothCores = units / (outcome.ServerCpu + outcome.LoadCpu) / unit.Scale,
            ServerCore = outcome.ServerCpu / outcome.Seconds,
            LoadCore = outcome.LoadCpu / outcome.Seconds,
        };
    }

    private async Task<FanoutOutcome> RunAsync(BenchContext context, RunningContender server, int receivers, double seconds)
    {
        var line = await context.AskWorkerAsync(
            Processors.Load, ["fanout", .. Arguments(server, receivers), seconds.ToString(CultureInfo.InvariantCulture)]);
        return JsonSerializer.Deserialize<FanoutOutcome>(line)!;
    }

    private IEnumerable<string> Arguments(RunningContender server, int receivers)
    {
        var numbers = new[] { server.Port, receivers, size }.Select(static number => number.ToString(CultureInfo.InvariantCulture));
        return numbers.Prepend(server.Contender.Protocol);
    }
}
