namespace Broadside.Bench.Measurement;

/// <summary>The runs of one contender in one case.</summary>
/// <param name="Contender">Its name.</param>
/// <param name="Samples">One for each round.</param>
internal sealed record Series(string Contender, IReadOnlyList<Sample> Samples)
{
    public IReadOnlyList<double> Values => [.. Samples.Select(static sample => sample.Value)];

    /// <summary>Whether the load's core had nothing left while the server's had: the server could have done more.</summary>
    public bool IsLimitedByLoad => Median(static sample => sample.LoadCore) > 0.95 && Median(static sample => sample.ServerCore) < 0.9;

    public double? Median(Func<Sample, double?> part)
    {
        var values = Samples.Select(part).OfType<double>().ToArray();
        return values.Length == 0 ? null : Comparison.Median(values);
    }
}
