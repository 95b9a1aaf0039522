using System.Globalization;
using Broadside.Bench.Measurement;

namespace Broadside.Bench.Reporting;

/// <summary>The lines for scripts: one for each case and peer.</summary>
internal static class ResultLine
{
    public static IEnumerable<string> Of(CaseReport report) => report.Peers.Count == 0
        ? [Format(report, "none", "-", Number(Comparison.Median(report.Ours.Values)), "-")]
        : report.Peers.Select(peer =>
        {
            var comparison = report.Compare(peer);
            return Format(report, peer.Contender, Number(comparison.Ratio), Number(comparison.Ours), Number(comparison.Theirs));
        });

    /// <summary>Three significant digits, and no exponent.</summary>
    public static string Number(double value)
    {
        if (!double.IsFinite(value) || value == 0)
        {
            return value == 0 ? "0" : "-";
        }

        var decimals = Math.Clamp(2 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 0, 9);
        return value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    private static string Format(CaseReport report, string peer, string ratio, string ours, string theirs) =>
        $"RESULT scenario={report.Scenario} case={report.Case} peer={peer} ratio={ratio} ours={ours} theirs={theirs} unit={report.Unit}";
}
