using System.Diagnostics;
using Spectre.Console;

namespace Broadside.Cli.Demo;

/// <summary>Runs the demo's three parts and shows what they measured.</summary>
internal static class DemoRun
{
    private const int SmallMessage = 100;
    private const int BulkMessage = 64 * 1024;
    private const int BulkCount = 256;
    private const int NaiveDeliveries = 300_000;
    private const int RecordDeliveries = 20_000_000;
    private const int ReadingPace = 8 << 20;

    public static async Task<int> RunAsync(int receivers)
    {
        AnsiConsole.MarkupLine($"[bold]Broadside demo[/]: {receivers:N0} loopback receivers in a second process, {Environment.ProcessorCount} processors.");
        await BroadcastAsync(receivers);
        await PriorityAsync();
        await UnsendAsync(receivers);
        return ExitCodes.Success;
    }

    private static async Task BroadcastAsync(int receivers)
    {
        var naive = await WithStatus("Broadcasting with a socket send for each receiver", async () =>
        {
            await using var audience = new NaiveAudience();
            return await MeasureBroadcastAsync(audience, receivers, Math.Max(1, NaiveDeliveries / receivers));
        });
        var backend = "";
        var records = await WithStatus("Broadcasting records", async () =>
        {
            await using var audience = await BroadsideAudience.StartAsync(new ConnectionOptions());
            backend = audience.Backend;
            return await MeasureBroadcastAsync(audience, receivers, Math.Max(1, RecordDeliveries / receivers));
        });
        var table = new Table().Title($"Broadcast of {SmallMessage} bytes to {receivers:N0} receivers").AddColumns("", "deliveries", "a second", "a second of server CPU");
        AddRow(table, "naive Socket.SendAsync", naive);
        AddRow(table, $"records ({backend})", records);
        AnsiConsole.Write(table);
        AnsiConsole.Write(new BarChart().Width(72).Label("[bold]million deliveries a second of server CPU[/]")
            .AddItem("naive", Math.Round(naive.PerCpuSecond / 1e6, 2), Color.Grey)
            .AddItem("records", Math.Round(records.PerCpuSecond / 1e6, 2), Color.Green));
        AnsiConsole.MarkupLine($"[green]{records.PerCpuSecond / naive.PerCpuSecond:N0} times[/] as many for the same work of the server.");
        AnsiConsole.WriteLine();
    }

    private static async Task<Measured> MeasureBroadcastAsync(IAudience audience, int receivers, int times)
    {
        await using var process = await ReceiverProcess.StartAsync(audience.Port, receivers);
        await audience.MembersAsync(receivers);
        var message = DemoMessage.OfLength(SmallMessage);

        // A first round finds code compiled and buffers grown.
        await audience.BroadcastAsync(message, 10);
        await process.ReceiveAsync(10L * receivers * SmallMessage);
        using var self = Process.GetCurrentProcess();
        var before = self.TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        await audience.BroadcastAsync(message, times);
        await process.ReceiveAsync((long)times * receivers * SmallMessage);
        self.Refresh();
        return new Measured((long)times * receivers, clock.Elapsed, self.TotalProcessorTime - before);
    }

    private static async Task PriorityAsync()
    {
        var fifo = await WithStatus("Sending urgent messages behind a backlog, in order", () => MeasureLatencyAsync(new ConnectionOptions(), RecordPriority.Bulk));
        var urgent = await WithStatus("... urgent ones first", () => MeasureLatencyAsync(new ConnectionOptions(), RecordPriority.Urgent));
        var low = await WithStatus("... urgent ones first, low-latency profile", () => MeasureLatencyAsync(ConnectionOptions.LowLatency, RecordPriority.Urgent));
        var table = new Table().Title($"An urgent message behind {BulkCount * BulkMessage >> 20} MiB of bulk, read at {ReadingPace >> 20} MiB/s").AddColumns("", "latency", "against FIFO");
        table.AddRow("FIFO", $"{fifo.TotalMilliseconds:N1} ms", "");
        table.AddRow("priority 0", $"{urgent.TotalMilliseconds:N1} ms", $"{fifo / urgent:N0} times sooner");
        table.AddRow("priority 0, low-latency profile", $"{low.TotalMilliseconds:N1} ms", $"{fifo / low:N0} times sooner");
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine();
    }

    private static async Task<TimeSpan> MeasureLatencyAsync(ConnectionOptions options, RecordPriority priority)
    {
        await using var audience = await BroadsideAudience.StartAsync(options);
        await using var process = await ReceiverProcess.StartAsync(audience.Port, 1);
        await audience.MembersAsync(1);
        await process.PaceAsync(ReadingPace);
        using (var bulk = audience.Prepare(DemoMessage.OfLength(BulkMessage)))
        {
            for (var index = 0; index < BulkCount; index++)
            {
                audience.Queued.Send(bulk, RecordPriority.Bulk);
            }
        }

        using var urgent = audience.Prepare(DemoMessage.Stamp());
        audience.Queued.Send(urgent, priority);
        return await process.LatencyAsync();
    }

    private static async Task UnsendAsync(int receivers)
    {
        await WithStatus("Withdrawing what stalled receivers have not been sent", async () =>
        {
            await using var audience = await BroadsideAudience.StartAsync(new ConnectionOptions());
            await using var process = await ReceiverProcess.StartAsync(audience.Port, receivers);
            await audience.MembersAsync(receivers);
            await process.PaceAsync(Receivers.Hold);
            var receipts = new SendReceipt[BulkCount];
            using (var bulk = audience.Prepare(DemoMessage.OfLength(BulkMessage)))
            {
                for (var index = 0; index < BulkCount; index++)
                {
                    receipts[index] = audience.Queued.Send(bulk, RecordPriority.Bulk);
                }
            }

            var clock = Stopwatch.StartNew();
            var withdrawn = 0L;
            foreach (var receipt in receipts)
            {
                withdrawn += (await audience.Queued.UnsendAsync(receipt)).Withdrawn;
            }

            var elapsed = clock.Elapsed;
            AnsiConsole.Write(new Table().Title($"{BulkCount} messages of {BulkMessage >> 10} KiB to {receivers:N0} stalled receivers, then withdrawn")
                .AddColumns("deliveries withdrawn", "of", "bytes never sent", "time for each message")
                .AddRow($"{withdrawn:N0}", $"{(long)BulkCount * receivers:N0}", $"{withdrawn * BulkMessage / 1e9:N2} GB", $"{elapsed.TotalMicroseconds / BulkCount:N1} µs"));
            return true;
        });
    }

    private static void AddRow(Table table, string name, Measured measured) => table.AddRow(
        name, $"{measured.Deliveries:N0}", $"{measured.Deliveries / measured.Elapsed.TotalSeconds:N0}", $"{measured.PerCpuSecond:N0}");

    private static Task<T> WithStatus<T>(string what, Func<Task<T>> run) => AnsiConsole.Status().StartAsync(what, _ => run());

    private readonly record struct Measured(long Deliveries, TimeSpan Elapsed, TimeSpan Cpu)
    {
        public double PerCpuSecond => Deliveries / Cpu.TotalSeconds;
    }
}
