using System.Diagnostics;
using System.Runtime.InteropServices;
using Broadside.Bench.Contenders;
using Broadside.Bench.Machine;
using Broadside.Bench.Measurement;
using Broadside.Bench.Reporting;
using Broadside.Bench.Scenarios;
using Spectre.Console;

namespace Broadside.Bench;

/// <summary>Runs scenarios and says what they found.</summary>
internal sealed class BenchRun(bool quick, string? json, string? plots)
{
    private static readonly TimeSpan IdleSample = TimeSpan.FromMilliseconds(500);

    private readonly List<CaseReport> _reports = [];
    private readonly SortedSet<string> _remarks = [];

    /// <param name="scenarios">Which.</param>
    /// <param name="isIsolated">Whether the process has namespaces of its own; it then ends when its input does.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(IReadOnlyList<IScenario> scenarios, bool isIsolated)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
        if (isIsolated)
        {
            _ = CancelAtEndOfInputAsync(stop);
        }

        var sandbox = new Sandbox(isIsolated);
        AnsiConsole.Console.Profile.Width = Console.IsOutputRedirected ? 150 : AnsiConsole.Console.Profile.Width;
        AnsiConsole.WriteLine($"machine: {MachineDescription.Current}");
        AnsiConsole.WriteLine($"arrangement: {sandbox.Description}");
        _remarks.UnionWith(sandbox.Weaknesses);
        try
        {
            foreach (var scenario in scenarios)
            {
                await RunAsync(scenario, sandbox, stop.Token);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            AnsiConsole.WriteLine("interrupted");
            return 130;
        }
        catch (BenchException failure)
        {
            await Console.Error.WriteLineAsync("bench: " + failure.Message);
            return 1;
        }

        Conclude(sandbox, [.. scenarios.SelectMany(static scenario => scenario.Contenders).DistinctBy(static contender => (contender.Name, contender.Settings))]);
        return 0;

        void Cancel(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static async Task CancelAtEndOfInputAsync(CancellationTokenSource stop)
    {
        await using var input = Console.OpenStandardInput();
        while (await input.ReadAsync(new byte[64]) > 0)
        {
            // What is typed means nothing.
        }

        await stop.CancelAsync();
    }

    private async Task RunAsync(IScenario scenario, Sandbox sandbox, CancellationToken stop)
    {
        if (Console.IsOutputRedirected)
        {
            await RunAsync(scenario, sandbox, static _ => { }, stop);
            return;
        }

        await AnsiConsole.Status().StartAsync(scenario.Name, status =>
            RunAsync(scenario, sandbox, text => status.Status(Markup.Escape(text)), stop));
    }

    private async Task RunAsync(IScenario scenario, Sandbox sandbox, Action<string> progress, CancellationToken stop)
    {
        AnsiConsole.WriteLine($"{scenario.Name}: {scenario.Description}");
        await LookForOtherWorkAsync(scenario, stop);
        var context = new BenchContext(sandbox, quick, progress, remark => _remarks.Add(remark), stop);
        await foreach (var report in scenario.RunAsync(context))
        {
            _reports.Add(report);
            AnsiConsole.Write(ReportTable.Of(report));
            if (report.IsNoisy)
            {
                _remarks.Add($"{report.Scenario}, {report.Case}: the machine was too noisy: half the pairs stray more than 10 % from the median");
            }

            if (report.Peers.Prepend(report.Ours).Any(static series => series.IsLimitedByLoad))
            {
                _remarks.Add("load-limited: the load's core was the limit; the rate per second of the server's core holds, the rate as such would be higher");
            }
        }
    }

    // What else runs on the processors counts as the contenders' work, or takes from it.
    private async Task LookForOtherWorkAsync(IScenario scenario, CancellationToken stop)
    {
        var before = CpuTimes.Now();
        var started = Stopwatch.GetTimestamp();
        await Task.Delay(IdleSample, stop);
        var after = CpuTimes.Now();
        var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        foreach (var processor in new[] { Processors.Server, Processors.Load }.Distinct())
        {
            var busy = after.BusySince(before, processor) / elapsed;
            if (busy > 0.1)
            {
                _remarks.Add($"{scenario.Name}: CPU {processor} was {busy:P0} busy with other work before it began: take its figures for an indication only");
            }
        }
    }

    private void Conclude(Sandbox sandbox, IReadOnlyList<Contender> contenders)
    {
        AnsiConsole.Write(ReportTable.OfContenders(contenders, _reports));
        foreach (var remark in _remarks)
        {
            AnsiConsole.WriteLine("note: " + remark);
        }

        foreach (var line in _reports.SelectMany(ResultLine.Of))
        {
            Console.WriteLine(line);
        }

        if (json is not null)
        {
            JsonReport.Write(json, sandbox, contenders, _reports);
        }

        if (plots is not null)
        {
            Directory.CreateDirectory(plots);
            foreach (var scenario in _reports.GroupBy(static report => report.Scenario))
            {
                File.WriteAllText(Path.Combine(plots, scenario.Key + ".svg"), SvgPlot.Draw([.. scenario]));
            }
        }
    }
}
