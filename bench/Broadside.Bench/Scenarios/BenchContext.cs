using Broadside.Bench.Machine;
using Broadside.Bench.Measurement;

namespace Broadside.Bench.Scenarios;

/// <summary>What a run of the harness gives its scenarios.</summary>
internal sealed record BenchContext(Sandbox Sandbox, bool Quick, Action<string> Progress, Action<string> Remark, CancellationToken CancellationToken)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    /// <summary>How many pairs of runs.</summary>
    public int Rounds => Quick ? 3 : 5;

    /// <summary>How long one run lasts.</summary>
    public double Seconds => Quick ? 0.6 : 2;

    /// <summary>How long a contender that needs it works before it is measured.</summary>
    public double WarmUpSeconds => Quick ? 1.5 : 5;

    /// <summary>Runs contenders in turn, round after round, so that what changes on the machine meanwhile befalls all of them.</summary>
    public async Task<IReadOnlyList<Series>> InTurnAsync(string what, IReadOnlyList<(string Name, Func<Task<Sample>> Run)> contenders)
    {
        var samples = contenders.Select(static _ => new List<Sample>()).ToArray();
        for (var round = 1; round <= Rounds; round++)
        {
            for (var index = 0; index < contenders.Count; index++)
            {
                CancellationToken.ThrowIfCancellationRequested();
                Progress($"{what}: round {round} of {Rounds}, {contenders[index].Name}");
                samples[index].Add(await contenders[index].Run());
            }
        }

        return [.. contenders.Zip(samples, static (contender, runs) => new Series(contender.Name, runs))];
    }

    /// <summary>Runs a worker that says one line.</summary>
    public async Task<string> AskWorkerAsync(int processor, params IEnumerable<string> arguments)
    {
        await using var worker = Sandbox.StartWorker(processor, arguments);
        return await worker.ReadLineAsync(Patience, CancellationToken);
    }
}
