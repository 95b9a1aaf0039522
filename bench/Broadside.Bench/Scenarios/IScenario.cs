using Broadside.Bench.Contenders;
using Broadside.Bench.Measurement;

namespace Broadside.Bench.Scenarios;

/// <summary>Something to be measured, in one or more cases.</summary>
internal interface IScenario
{
    string Name { get; }

    string Description { get; }

    /// <summary>Who takes part, for the table; a program of the scenario's own need not be among them.</summary>
    IReadOnlyList<Contender> Contenders => [];

    /// <summary>Yields each case when it is done.</summary>
    IAsyncEnumerable<CaseReport> RunAsync(BenchContext context);
}
