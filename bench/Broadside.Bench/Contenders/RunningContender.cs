using System.Text.Json;
using Broadside.Bench.Machine;

namespace Broadside.Bench.Contenders;

/// <summary>A contender at work.</summary>
internal sealed record RunningContender(Contender Contender, ChildProcess Process, int Port) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>What it has counted so far, by name; nothing where it does not count.</summary>
    public async Task<IReadOnlyDictionary<string, long>> CountersAsync(CancellationToken stop)
    {
        if (!Contender.Answers)
        {
            return new Dictionary<string, long>();
        }

        await Process.WriteLineAsync("counters");
        return JsonSerializer.Deserialize<Dictionary<string, long>>(await Process.ReadLineAsync(Patience, stop))!;
    }

    /// <summary>The resident memory that it has in use, in bytes.</summary>
    public async Task<long> UsedBytesAsync(CancellationToken stop)
    {
        if (Contender.Answers)
        {
            await Process.WriteLineAsync("collect");
            await Process.ReadLineAsync(Patience, stop);
        }

        return Process.ResidentBytes();
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
