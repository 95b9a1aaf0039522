using System.Text.Json;
using Broadside.Bench.Contenders;
using Broadside.Bench.Machine;
using Broadside.Bench.Measurement;

namespace Broadside.Bench.Reporting;

/// <summary>Everything that was measured, for other programs.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static void Write(string file, Sandbox sandbox, IReadOnlyList<Contender> contenders, IReadOnlyList<CaseReport> reports) => File.WriteAllText(file, JsonSerializer.Serialize(
        new
        {
            Machine = MachineDescription.Current,
            Arrangement = sandbox.Description,
            sandbox.Weaknesses,
            Contenders = contenders.Select(static contender => new { contender.Name, contender.Version, contender.Settings }),
            Cases = reports.Select(static report => new
            {
                report.Scenario,
                report.Case,
                report.Unit,
                report.LargerIsBetter,
                report.Ours,
                Peers = report.Peers.Select(peer => new { peer.Contender, peer.Samples, peer.IsLimitedByLoad, Comparison = report.Compare(peer) }),
            }),
        },
        Options));
}
