using Broadside.Bench.Measurement;

namespace Broadside.Bench.Tests;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Small_latencies_are_counted_exactly()
    {
        var histogram = Of([1, 2, 3, 4, 50]);

        Assert.Equal((3, 50), (histogram.Percentile(0.5), histogram.Percentile(0.99)));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.9)]
    [InlineData(0.99)]
    [InlineData(1)]
    public void A_percentile_is_within_three_percent(double part)
    {
        var histogram = Of(Enumerable.Range(1, 1_000_000).Select(static value => (long)value));

        Assert.InRange(histogram.Percentile(part), part * 1_000_000 * 0.97, part * 1_000_000 * 1.03);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(1_000_003)]
    [InlineData(long.MaxValue)]
    public void Any_latency_has_a_bucket_near_it(long ticks) =>
        Assert.InRange(Of([ticks]).Percentile(0.5), ticks * 0.97, ticks * 1.03);

    [Fact]
    public void A_clock_that_runs_backwards_is_no_latency() => Assert.Equal(0, Of([-5]).Percentile(0.5));

    [Fact]
    public void Nothing_recorded_has_no_percentile()
    {
        var histogram = Of([7]);
        histogram.Clear();

        Assert.Equal((0, double.NaN), (histogram.Count, histogram.Percentile(0.5)));
    }

    private static LatencyHistogram Of(IEnumerable<long> latencies)
    {
        var histogram = new LatencyHistogram();
        foreach (var latency in latencies)
        {
            histogram.Record(latency);
        }

        return histogram;
    }
}
