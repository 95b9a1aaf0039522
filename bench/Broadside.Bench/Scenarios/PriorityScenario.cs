using System.Globalization;
using System.Text.Json;
using Broadside.Bench.Load;
using Broadside.Bench.Measurement;

namespace Broadside.Bench.Scenarios;

/// <summary>How long an urgent record takes past a backlog, against one that queues like the rest.</summary>
internal sealed class PriorityScenario : IScenario
{
    private const int Receivers = 10;
    private const int BytesPerSecond = 20_000_000;
    private const int RecordSize = 64 * 1024;
    private const int Records = (16 << 20) / RecordSize;

    // By then every connection's kernel buffers are full, and little of the backlog has gone.
    private static readonly TimeSpan BacklogForms = TimeSpan.FromMilliseconds(100);

    public string Name => "priority";

    public string Description => "an urgent record's latency behind 16 MiB of 64 KiB records to each of 10 receivers that read 20 MB/s";

    public async IAsyncEnumerable<CaseReport> RunAsync(BenchContext context)
    {
        foreach (var profile in new[] { "default", "low-latency" })
        {
            var series = await context.InTurnAsync(
                $"{Name}, {profile} profile",
                [
                    ("broadside", () => MeasureAsync(context, profile, RecordPriority.Urgent)),
                    ("fifo", () => MeasureAsync(context, profile, RecordPriority.Bulk)),
                ]);
            yield return new CaseReport(Name, profile, "ms", false, series[0], [series[1]]);
        }
    }

    private static async Task<Sample> MeasureAsync(BenchContext context, string profile, RecordPriority priority)
    {
        var numbers = new[] { Receivers, BytesPerSecond, Records }.Select(static number => number.ToString(CultureInfo.InvariantCulture));
        await using var program = await RecordProgram.StartAsync(context, profile, Receivers, port => ["paced", port, .. numbers]);
        await program.TellServerAsync($"bulk {Records} {RecordSize}");
        await Task.Delay(BacklogForms, context.CancellationToken);
        await program.TellServerAsync($"urgent {priority}");
        var outcome = JsonSerializer.Deserialize<PacedOutcome>(await program.NextFromLoadAsync())!;
        return new Sample(outcome.Milliseconds);
    }
}
