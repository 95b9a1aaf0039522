using System.Diagnostics;
using System.Globalization;
using System.Net;
using Broadside.Bench.Load;
using Broadside.Bench.Measurement;

namespace Broadside.Bench.Workers;

/// <summary>A program on the library: whoever connects is in its one group, and what it sends is told on its standard input.</summary>
internal sealed class RecordServer(RecordEngine engine, RecordGroup group)
{
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(200);

    private readonly Queue<SendReceipt> _sent = new();

    /// <summary>Serves until its input ends.</summary>
    /// <param name="port">Where.</param>
    /// <param name="profile"><c>low-latency</c>, or the default.</param>
    public static async Task RunAsync(int port, string profile)
    {
        await using var engine = RecordEngine.Create(new EngineOptions { Channels = 1 });
        var group = engine.CreateGroup("bench", new GroupOptions { MaximumLag = 256L << 20 });
        await using var listener = await engine.ListenAsync(
            new IPEndPoint(IPAddress.Loopback, port),
            Framers.LengthPrefixed(4),
            async connection =>
            {
                group.Add(connection);
                await foreach (var record in connection.ReadAllAsync())
                {
                    record.Dispose();
                }
            },
            profile == "low-latency" ? ConnectionOptions.LowLatency : null);
        var server = new RecordServer(engine, group);
        while (await Console.In.ReadLineAsync() is { } line)
        {
            Console.WriteLine(await server.AnswerAsync(line.Split(' ')));
        }

        // The peers may be stalled: nothing is drained.
        await engine.StopAsync(TimeSpan.Zero);
    }

    private async Task<string> AnswerAsync(string[] command) => command switch
    {
        ["members"] => Text(group.Count),
        ["bulk", var count, var size] => SendBulk(int.Parse(count, CultureInfo.InvariantCulture), int.Parse(size, CultureInfo.InvariantCulture)),
        ["urgent", var priority] => SendUrgent(new RecordPriority(int.Parse(priority, CultureInfo.InvariantCulture))),
        ["unsend"] => Text(await UnsendAsync()),
        _ => throw new ArgumentException("There is no such command: " + string.Join(' ', command)),
    };

    private string SendBulk(int count, int size)
    {
        for (var number = 0; number < count; number++)
        {
            using var record = Record.Create(engine.Arena, BenchRecord.Create(BenchRecord.Bulk, number, size));
            _sent.Enqueue(group.Send(record, RecordPriority.Bulk));
        }

        return "sent";
    }

    private string SendUrgent(RecordPriority priority)
    {
        using var record = Record.Create(engine.Arena, BenchRecord.Create(BenchRecord.Urgent, Stopwatch.GetTimestamp(), BenchRecord.HeaderLength));
        group.Send(record, priority);
        return "sent";
    }

    /// <summary>Takes back all that was sent, one record after the other.</summary>
    /// <remarks>Every member is accounted for each time; the last record was still pending for all of them.</remarks>
    /// <returns>The median of what one took, in microseconds, from the call until every channel had acknowledged it.</returns>
    private async Task<double> UnsendAsync()
    {
        // What the sends themselves have the channel do is over by then.
        await Task.Delay(Settle);
        var members = group.Count;
        var times = new List<double>(_sent.Count);
        while (_sent.TryDequeue(out var receipt))
        {
            var started = Stopwatch.GetTimestamp();
            var last = _sent.Count == 0;
            var result = await group.UnsendAsync(receipt);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
            if (result.Withdrawn + result.AlreadyBound != members || (last && result.Withdrawn != members))
            {
                throw new InvalidDataException($"Of {members} members, {result.Withdrawn} and {result.AlreadyBound} are accounted for.");
            }
        }

        return Comparison.Median(times);
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
