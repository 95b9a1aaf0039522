using System.Globalization;
using Broadside.Bench.Measurement;

namespace Broadside.Bench.Scenarios;

/// <summary>What taking records back saves, and what it costs as receivers grow in number.</summary>
internal sealed class UnsendScenario : IScenario
{
    private const int Unsends = 500;
    private const int BacklogReceivers = 50;

    private static readonly int[] Counts = [10, 1_000, 10_000];

    public string Name => "unsend";

    public string Description => "bytes not sent when 16 MiB are taken back from stalled receivers; the cost of taking one record back from 10, 1,000 and 10,000";

    public async IAsyncEnumerable<CaseReport> RunAsync(BenchContext context)
    {
        var bytes = await context.InTurnAsync(
            $"{Name}, bytes", [("broadside", () => MeasureBytesAsync(context, true)), ("no-unsend", () => MeasureBytesAsync(context, false))]);
        yield return new CaseReport(Name, "bytes", "MB/receiver", false, bytes[0], [bytes[1]]);
        var costs = await context.InTurnAsync(
            $"{Name}, cost", [.. Counts.Select(count => ($"{count}-receivers", (Func<Task<Sample>>)(() => MeasureCostAsync(context, count))))]);
        foreach (var cost in costs)
        {
            var label = cost.Contender.Split('-')[0];
            yield return new CaseReport(Name, label, "us/unsend", false, cost with { Contender = "broadside" }, cost == costs[0] ? [] : [costs[0]]);
        }
    }

    private static async Task<Sample> MeasureBytesAsync(BenchContext context, bool unsends)
    {
        await using var program = await StartAsync(context, "default", BacklogReceivers, 64 * 1024);
        await program.TellServerAsync($"bulk {256} {64 * 1024}");
        if (unsends)
        {
            await program.AskServerAsync("unsend");
        }

        return new Sample(await program.AskLoadAsync("drain") / 1e6 / BacklogReceivers);
    }

    // The smallest buffers: ten thousand stalled connections hold memory that is not what is measured.
    private static async Task<Sample> MeasureCostAsync(BenchContext context, int receivers)
    {
        await using var program = await StartAsync(context, "low-latency", receivers, 4096);
        await program.TellServerAsync($"bulk 16 {16 * 1024}");
        await program.TellServerAsync($"bulk {Unsends} 100");
        return new Sample(await program.AskServerAsync("unsend"));
    }

    private static Task<RecordProgram> StartAsync(BenchContext context, string profile, int receivers, int receiveBuffer) => RecordProgram.StartAsync(
        context,
        profile,
        receivers,
        port => ["stall", "silent", port, receivers.ToString(CultureInfo.InvariantCulture), receiveBuffer.ToString(CultureInfo.InvariantCulture)]);
}
