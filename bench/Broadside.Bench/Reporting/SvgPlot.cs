using System.Globalization;
using System.Net;
using System.Text;
using Broadside.Bench.Machine;
using Broadside.Bench.Measurement;

namespace Broadside.Bench.Reporting;

/// <summary>A scenario as horizontal bars, a group for each case, on a scale of the case's own.</summary>
internal static class SvgPlot
{
    private const int Width = 760;
    private const int Left = 190;
    private const int Longest = 400;
    private const int Row = 24;

    public static string Draw(IReadOnlyList<CaseReport> reports)
    {
        var body = new StringBuilder();
        var y = 44;
        foreach (var report in reports)
        {
            var series = report.Peers.Prepend(report.Ours).ToArray();
            var largest = series.Max(static one => Comparison.Median(one.Values));
            Text(body, 16, y + 4, $"{report.Case}: {report.Unit}, {(report.LargerIsBetter ? "more" : "less")} is better", "bold");
            y += Row;
            foreach (var one in series)
            {
                Bar(body, y, one, largest, one == report.Ours);
                y += Row;
            }

            y += Row / 2;
        }

        Text(body, 16, y, MachineDescription.Current.ToString(), "normal", 11);
        var head = $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{Width}" height="{y + 16}" font-family="sans-serif" font-size="13" fill="#24292f">
              <rect width="100%" height="100%" fill="#ffffff"/>

            """;
        var title = new StringBuilder();
        Text(title, 16, 24, reports[0].Scenario, "bold", 16);
        return $"{head}{title}{body}</svg>\n";
    }

    // The whisker reaches from the least of the runs to the largest.
    private static void Bar(StringBuilder body, int y, Series series, double largest, bool ours)
    {
        var median = Comparison.Median(series.Values);
        var end = Left + Scale(median);
        var top = Math.Min(series.Values.Max(), largest * 1.15);
        var middle = y - 1;
        Text(body, 28, y + 4, series.Contender, "normal");
        Line(body, $"""<rect x="{Left}" y="{y - 10}" width="{Number(Math.Max(1, Scale(median)))}" height="18" fill="{(ours ? "#0969da" : "#afb8c1")}"/>""");
        Line(body, $"""<line x1="{Number(Left + Scale(series.Values.Min()))}" y1="{middle}" x2="{Number(Left + Scale(top))}" y2="{middle}" stroke="#24292f"/>""");
        Text(body, (int)Math.Max(end, Left + Scale(top)) + 8, y + 4, ResultLine.Number(median), "normal");

        double Scale(double value) => largest > 0 ? value / largest * Longest : 0;
    }

    private static void Text(StringBuilder body, int x, int y, string text, string weight, int size = 13) =>
        Line(body, $"""<text x="{x}" y="{y}" font-weight="{weight}" font-size="{size}">{WebUtility.HtmlEncode(text)}</text>""");

    private static void Line(StringBuilder body, string element) => body.Append("  ").Append(element).Append('\n');

    private static string Number(double value) => value.ToString("F1", CultureInfo.InvariantCulture);
}
