using Broadside.Bench.Contenders;

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
        new RequestScenario(
            "echo",
            "64 B and 1 KiB echoed on 64 and 512 connections that stay",
            "us/request",
            Lineup.Echo,
            Echo("64B-64", true, 64, 64),
            Echo("64B-512", false, 512, 64),
            Echo("1KiB-64", false, 64, 1024),
            Echo("1KiB-512", false, 512, 1024),
            Echo("64B-64-pipelined", true, 64, 64, depth: 16)),
        new RequestScenario(
            "short",
            "a connection for each HTTP request, 64 and 512 at a time; the response has 1 KiB",
            "us/connection",
            Lineup.Short,
            new RequestCase("64", true, "short", "64"),
            new RequestCase("512", true, "short", "512")),
        new ScaleScenario(),
    ];

    private static RequestCase Echo(string name, bool isQuick, int connections, int size, int depth = 1) =>
        new(name, isQuick, "echo", $"{connections}", $"{size}", $"{depth}", "spin");
}
