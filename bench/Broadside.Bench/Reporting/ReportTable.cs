using System.Globalization;
using Broadside.Bench.Contenders;
using Broadside.Bench.Measurement;
using Spectre.Console;

namespace Broadside.Bench.Reporting;

/// <summary>Reports as tables in the terminal.</summary>
internal static class ReportTable
{
    public static Table Of(CaseReport report)
    {
        var table = new Table().Border(TableBorder.Rounded).Title($"{report.Scenario}, {report.Case} ({report.Unit})");
        table.AddColumn("contender");
        foreach (var column in new[] { "median", "ours is better by", "server µs/unit", "both cores", "memory MB", "server core", "load core" })
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        table.AddRow(Cells(report.Ours, ""));
        foreach (var peer in report.Peers)
        {
            var comparison = report.Compare(peer);
            var ratio = $"{ResultLine.Number(comparison.Ratio)}× ({ResultLine.Number(comparison.Minimum)} to {ResultLine.Number(comparison.Maximum)}){(comparison.IsNoisy ? " noisy" : "")}";
            table.AddRow(Cells(peer, ratio));
        }

        return table;
    }

    /// <summary>Versions and settings of those who took part.</summary>
    public static Table OfContenders()
    {
        var table = new Table().Border(TableBorder.Rounded).Title("contenders");
        table.AddColumns("contender", "version", "settings");
        foreach (var contender in Lineup.All)
        {
            table.AddRow(Markup.Escape(contender.Name), Markup.Escape(contender.Version ?? "not installed"), Markup.Escape(contender.Settings));
        }

        return table;
    }

    private static string[] Cells(Series series, string ratio) =>
    [
        Markup.Escape(series.Contender) + (series.IsLimitedByLoad ? " (load-limited)" : ""),
        ResultLine.Number(Comparison.Median(series.Values)),
        Markup.Escape(ratio),
        Number(series.Median(static sample => sample.ServerMicroseconds)),
        Number(series.Median(static sample => sample.BothCores)),
        Number(series.Median(static sample => sample.MemoryMegabytes)),
        Percent(series.Median(static sample => sample.ServerCore)),
        Percent(series.Median(static sample => sample.LoadCore)),
    ];

    private static string Number(double? value) => value is { } known ? ResultLine.Number(known) : "";

    private static string Percent(double? value) => value?.ToString("P0", CultureInfo.InvariantCulture) ?? "";
}
