using Broadside.Bench.Measurement;

namespace Broadside.Bench.Tests;

public sealed class ComparisonTests
{
    [Fact]
    public void The_ratio_is_the_median_of_the_pairs_ratios_not_the_ratio_of_the_medians()
    {
        var comparison = Comparison.Of([10, 20, 90], [1, 10, 30], largerIsBetter: true);

        Assert.Equal(3, comparison.Ratio);
        Assert.Equal((2, 10), (comparison.Minimum, comparison.Maximum));
        Assert.Equal((20, 10), (comparison.Ours, comparison.Theirs));
    }

    [Fact]
    public void Where_less_is_better_the_ratio_is_turned() =>
        Assert.Equal(4, Comparison.Of([2, 2, 2], [8, 8, 8], largerIsBetter: false).Ratio);

    [Theory]
    [InlineData(new double[] { 3, 1, 2 }, 2)]
    [InlineData(new double[] { 4, 1, 2, 3 }, 2.5)]
    [InlineData(new double[] { 7 }, 7)]
    public void The_median_is_the_middle(double[] values, double median) => Assert.Equal(median, Comparison.Median(values));

    [Fact]
    public void No_values_have_no_median() => Assert.Equal(double.NaN, Comparison.Median([]));

    [Fact]
    public void One_stray_pair_of_five_is_not_noise_and_three_are()
    {
        Assert.False(Comparison.Of([100, 101, 99, 102, 300], [1, 1, 1, 1, 1], true).IsNoisy);
        Assert.True(Comparison.Of([100, 50, 150, 101, 180], [1, 1, 1, 1, 1], true).IsNoisy);
    }

    [Fact]
    public void A_run_is_paired_with_the_run_beside_it()
    {
        // Both slow down together when the machine does: the ratio stays.
        var comparison = Comparison.Of([10, 5, 20], [5, 2.5, 10], largerIsBetter: true);

        Assert.Equal((2, 2, 2), (comparison.Ratio, comparison.Minimum, comparison.Maximum));
        Assert.False(comparison.IsNoisy);
    }
}
