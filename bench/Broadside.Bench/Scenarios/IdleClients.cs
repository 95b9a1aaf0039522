using System.Globalization;
using Broadside.Bench.Contenders;
using Broadside.Bench.Machine;

namespace Broadside.Bench.Scenarios;

/// <summary>Processes that hold connections and do nothing with them: as many as it takes by the limit of descriptors.</summary>
internal sealed class IdleClients : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<ChildProcess> _processes = [];

    /// <summary>Opens connections; returns when each has been answered once.</summary>
    public async Task OpenAsync(BenchContext context, RunningContender server, int size, int count)
    {
        var perProcess = DescriptorLimit.Value - Lineup.SpareDescriptors;
        for (var first = 0; first < count; first += perProcess)
        {
            var numbers = new[] { server.Port, size, first, Math.Min(perProcess, count - first) };
            var process = context.Sandbox.StartWorker(
                Processors.Load, ["idle", .. numbers.Select(static number => number.ToString(CultureInfo.InvariantCulture))]);
            _processes.Add(process);
            await process.ReadLineAsync(Patience, context.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }
    }
}
