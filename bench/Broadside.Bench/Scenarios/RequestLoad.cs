using System.Globalization;
using System.Text.Json;
using Broadside.Bench.Contenders;
using Broadside.Bench.Load;
using Broadside.Bench.Machine;
using Broadside.Bench.Measurement;

namespace Broadside.Bench.Scenarios;

/// <summary>A contender that answers requests, and the load that sends them.</summary>
internal sealed class RequestLoad : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ChildProcess _load;
    private readonly CancellationToken _stop;

    private RequestLoad(RunningContender server, ChildProcess load, CancellationToken stop)
    {
        Server = server;
        _load = load;
        _stop = stop;
    }

    public RunningContender Server { get; }

    /// <summary>Starts the load, and checks that the server does the work.</summary>
    /// <exception cref="BenchException">It does not.</exception>
    public static async Task<RequestLoad> StartAsync(BenchContext context, RunningContender server, string[] arguments)
    {
        var process = context.Sandbox.StartWorker(
            Processors.Load, [arguments[0], server.Port.ToString(CultureInfo.InvariantCulture), .. arguments[1..]]);
        var load = new RequestLoad(server, process, context.CancellationToken);
        try
        {
            await load.AskAsync("check");
            return load;
        }
        catch
        {
            await load.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends requests for a time.</summary>
    public async Task<LoadOutcome> RunAsync(double seconds) =>
        JsonSerializer.Deserialize<LoadOutcome>(await AskAsync("run " + seconds.ToString(CultureInfo.InvariantCulture)))!;

    /// <summary>As <see cref="RunAsync"/>: microseconds of the server's core per request, and what else there is to say.</summary>
    public async Task<Sample> MeasureAsync(double seconds)
    {
        var before = await Server.CountersAsync(_stop);
        var outcome = await RunAsync(seconds);
        var after = await Server.CountersAsync(_stop);
        return new Sample(outcome.ServerCore * 1e6 / outcome.Requests)
        {
            BothCores = (outcome.ServerCore + outcome.LoadCpu) * 1e6 / outcome.Requests,
            ServerCore = outcome.ServerCore / outcome.Seconds,
            LoadCore = outcome.LoadCpu / outcome.Seconds,
            Rate = outcome.Requests / outcome.Seconds,
            Latency = outcome.Median,
            Latency99 = outcome.Percentile99,
            Counters = after.ToDictionary(static pair => pair.Key, pair => (double)(pair.Value - before[pair.Key]) / outcome.AllRequests),
        };
    }

    public ValueTask DisposeAsync() => _load.DisposeAsync();

    private async Task<string> AskAsync(string command)
    {
        await _load.WriteLineAsync(command);
        return await _load.ReadLineAsync(Patience, _stop);
    }
}
