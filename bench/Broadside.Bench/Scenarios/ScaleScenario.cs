using Broadside.Bench.Contenders;
using Broadside.Bench.Measurement;

namespace Broadside.Bench.Scenarios;

/// <summary>What more channels and more connections cost.</summary>
internal sealed class ScaleScenario : IScenario
{
    public string Name => "scale";

    public string Description => "1 KiB echoes per second of both cores on 1 and 2 channels; memory and latency with 1,000 to 100,000 idle connections";

    public IReadOnlyList<Contender> Contenders => [.. Lineup.Idle, .. Lineup.OnChannels(2)];

    public async IAsyncEnumerable<CaseReport> RunAsync(BenchContext context)
    {
        await foreach (var report in ChannelScaling.RunAsync(context, Name))
        {
            yield return report;
        }

        await foreach (var report in IdleScaling.RunAsync(context, Name))
        {
            yield return report;
        }
    }
}
