namespace Broadside.Bench.Scenarios;

/// <summary>The scenarios there are.</summary>
internal static class Catalogue
{
    public static IReadOnlyList<IScenario> All { get; } =
    [
        new FanoutScenario("fanout-small", "100-byte messages to 100 and 1,000 subscribers that read all they get", 100, [100, 1000], FanoutUnit.Deliveries),
        new MemoryScenario(),
        new FanoutScenario("fanout-large", "1 MiB messages to 20 and 100 subscribers that read all they get", 1 << 20, [20, 100], FanoutUnit.Bytes),
        new PriorityScenario(),
        new UnsendScenario(),
    ];
}
