namespace Broadside.Bench.Measurement;

/// <summary>Ours against a peer's, over pairs of runs made one after the other.</summary>
/// <param name="Ratio">The median of the pairs' ratios; above 1, ours is better.</param>
/// <param name="Minimum">The least of them.</param>
/// <param name="Maximum">The largest.</param>
/// <param name="Ours">The median of ours.</param>
/// <param name="Theirs">The median of theirs.</param>
/// <param name="Strays">How far the pairs stray from the median: the median of their distances from it, as a part of it.</param>
internal sealed record Comparison(double Ratio, double Minimum, double Maximum, double Ours, double Theirs, double Strays)
{
    /// <summary>Whether half of the pairs or more lie further than 10 % from the median: another run may well tell another story.</summary>
    public bool IsNoisy => Strays > 0.1;

    /// <summary>Compares run by run: the first of ours with the first of theirs, and so on.</summary>
    public static Comparison Of(IReadOnlyList<double> ours, IReadOnlyList<double> theirs, bool largerIsBetter)
    {
        var ratios = ours.Zip(theirs, (mine, other) => largerIsBetter ? mine / other : other / mine).ToArray();
        var median = Median(ratios);
        return new Comparison(median, ratios.Min(), ratios.Max(), Median(ours), Median(theirs), Spread(ratios));
    }

    /// <summary>The middle value, or the mean of the two in the middle.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The median of the values' distances from their median, as a part of it.</summary>
    public static double Spread(IReadOnlyList<double> values)
    {
        var median = Median(values);
        return Median(values.Select(value => Math.Abs(value - median))) / Math.Abs(median);
    }
}
