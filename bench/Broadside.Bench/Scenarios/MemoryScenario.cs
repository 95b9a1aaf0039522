using System.Diagnostics;
using System.Globalization;
using Broadside.Bench.Contenders;
using Broadside.Bench.Machine;
using Broadside.Bench.Measurement;

namespace Broadside.Bench.Scenarios;

/// <summary>What one large message to many receivers that read nothing takes: memory, and time until the server has done what it can.</summary>
internal sealed class MemoryScenario : IScenario
{
    private const int Receivers = 1_000;
    private const int Size = 1 << 20;
    private const int WarmUpSize = 128 * 1024;
    private const int WarmUpReceivers = 10;
    private const int ReceiveBuffer = 64 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    public string Name => "fanout-memory";

    public string Description => "1 MiB to 1,000 receivers that read nothing: physical memory, the server's own part of it, time";

    public IReadOnlyList<Contender> Contenders => Lineup.Memory;

    public async IAsyncEnumerable<CaseReport> RunAsync(BenchContext context)
    {
        var outcomes = new Dictionary<string, List<Outcome>>();
        await context.InTurnAsync(Name, [.. Contenders.Select(contender => (contender.Name, (Func<Task<Sample>>)(async () =>
        {
            var outcome = await MeasureAsync(context, contender);
            (outcomes.TryGetValue(contender.Name, out var known) ? known : outcomes[contender.Name] = []).Add(outcome);
            return new Sample(outcome.Memory);
        })))]);
        foreach (var ours in outcomes.Keys.SkipLast(1))
        {
            // Each of ours against the naive one, which comes last.
            yield return Report(ours, "memory", "MB", static outcome => outcome.Memory);
            yield return Report(ours, "process", "MB", static outcome => outcome.Process);
            yield return Report(ours, "time", "ms", static outcome => outcome.Milliseconds);
        }

        CaseReport Report(string ours, string name, string unit, Func<Outcome, double> value)
        {
            var label = ours == outcomes.Keys.First() ? name : name + ours[ours.IndexOf('-')..];
            return new CaseReport(Name, label, unit, false, Values(ours), [Values(outcomes.Keys.Last())]);

            Series Values(string contender) => new(contender, [.. outcomes[contender].Select(outcome => new Sample(value(outcome)))]);
        }
    }

    private static async Task<Outcome> MeasureAsync(BenchContext context, Contender contender)
    {
        await using var server = contender.Start(context.Sandbox);
        // A smaller message to a few that read first: code is compiled by then.
        await context.AskWorkerAsync(Processors.Load, ["check", contender.Protocol, .. Text(server.Port, WarmUpReceivers, WarmUpSize)]);
        await using var load = context.Sandbox.StartWorker(Processors.Load, ["stall", contender.Protocol, .. Text(server.Port, Receivers, ReceiveBuffer)]);
        await load.ReadLineAsync(Patience, context.CancellationToken);

        await Task.Delay(Settle, context.CancellationToken);
        var (free, resident) = (FreeMemory.Now(), server.Process.ResidentBytes());
        var started = Stopwatch.GetTimestamp();
        await load.WriteLineAsync($"publish {Size}");
        var busy = await BusyAsync(server.Process, started, context.CancellationToken);
        var outcome = new Outcome((free - FreeMemory.Now()) / 1e6, (server.Process.ResidentBytes() - resident) / 1e6, busy.TotalMilliseconds);

        // It counts only if every receiver then gets every byte.
        await load.ReadLineAsync(Patience, context.CancellationToken);
        await load.WriteLineAsync("verify");
        await load.ReadLineAsync(Patience, context.CancellationToken);
        return outcome;
    }

    private static IEnumerable<string> Text(params IEnumerable<int> numbers) => numbers.Select(static number => number.ToString(CultureInfo.InvariantCulture));

    // Until its processor time stands still: what remains to be sent then waits for the receivers.
    private static async Task<TimeSpan> BusyAsync(ChildProcess server, long started, CancellationToken stop)
    {
        var used = TimeSpan.Zero;
        var last = started;
        while (Stopwatch.GetElapsedTime(last) < Settle)
        {
            await Task.Delay(Tick, stop);
            if (server.ProcessorTime() is var now && now != used)
            {
                used = now;
                last = Stopwatch.GetTimestamp();
            }
        }

        return Stopwatch.GetElapsedTime(started, last);
    }

    private sealed record Outcome(double Memory, double Process, double Milliseconds);
}
