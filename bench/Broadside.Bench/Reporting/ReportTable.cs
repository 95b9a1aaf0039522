using System.Globalization;
using Broadside.Bench.Contenders;
using Broadside.Bench.Measurement;
using Spectre.Console;

namespace Broadside.Bench.Reporting;

/// <summary>Reports as tables in the terminal.</summary>
internal static class ReportTable
{
    private static readonly (string Name, Func<Series, string> Text)[] Measures =
    [
        ("server µs/unit", static series => Number(series.Median(static sample => sample.ServerMicroseconds))),
        ("both cores", static series => Number(series.Median(static sample => sample.BothCores))),
        ("server core", static series => Percent(series.Median(static sample => sample.ServerCore))),
        ("load core", static series => Percent(series.Median(static sample => sample.LoadCore))),
        ("per second", static series => Number(series.Median(static sample => sample.Rate))),
        ("latency µs", static series => Number(series.Median(static sample => sample.Latency))),
        ("99 % µs", static series => Number(series.Median(static sample => sample.Latency99))),
    ];

    /// <summary>Ours, then the peers; columns in which nothing was measured are left out.</summary>
    public static Table Of(CaseReport report)
    {
        var table = new Table().Border(TableBorder.Rounded).Title($"{report.Scenario}, {report.Case} ({report.Unit})");
        var measures = Measures.Where(measure => measure.Text(report.Ours).Length > 0).ToArray();
        table.AddColumn("contender");
        foreach (var name in new[] { "median", "ours is better by" }.Concat(measures.Select(static measure => measure.Name)))
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        AddRow(report.Ours, "");
        foreach (var peer in report.Peers)
        {
            AddRow(peer, Ratio(report.Compare(peer)));
        }

        return table;

        void AddRow(Series series, string ratio) => table.AddRow(
        [
            Markup.Escape(series.Contender) + (series.IsLimitedByLoad ? " (load-limited)" : ""),
            ResultLine.Number(Comparison.Median(series.Values)),
            ratio,
            .. measures.Select(measure => measure.Text(series)),
        ]);
    }

    /// <summary>Versions and settings of those who took part.</summary>
    public static Table OfContenders(IReadOnlyList<Contender> contenders, IReadOnlyList<CaseReport> reports)
    {
        var table = new Table().Border(TableBorder.Rounded).Title("contenders");
        table.AddColumns("contender", "version", "settings");
        var names = reports.SelectMany(static report => report.Peers.Prepend(report.Ours)).Select(static series => series.Contender).ToHashSet();
        foreach (var contender in contenders.Where(contender => names.Contains(contender.Name)))
        {
            table.AddRow(Markup.Escape(contender.Name), Markup.Escape(contender.Version ?? "not installed"), Markup.Escape(contender.Settings));
        }

        return table;
    }

    private static string Ratio(Comparison comparison) =>
        $"{ResultLine.Number(comparison.Ratio)}× ({ResultLine.Number(comparison.Minimum)} to {ResultLine.Number(comparison.Maximum)}){(comparison.IsNoisy ? " noisy" : "")}";

    private static string Number(double? value) => value is { } known ? ResultLine.Number(known) : "";

    private static string Percent(double? value) => value?.ToString("P0", CultureInfo.InvariantCulture) ?? "";
}
