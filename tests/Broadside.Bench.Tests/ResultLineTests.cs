using Broadside.Bench.Measurement;
using Broadside.Bench.Reporting;

namespace Broadside.Bench.Tests;

public sealed class ResultLineTests
{
    [Fact]
    public void Each_peer_has_a_line()
    {
        var report = new CaseReport("fanout-small", "1000", "Mdeliveries/cpu-s", true, Series("broadside", 41.2), [Series("nats-server", 4.96), Series("limit", 50)]);

        Assert.Equal(
            [
                "RESULT scenario=fanout-small case=1000 peer=nats-server ratio=8.31 ours=41.2 theirs=4.96 unit=Mdeliveries/cpu-s",
                "RESULT scenario=fanout-small case=1000 peer=limit ratio=0.824 ours=41.2 theirs=50.0 unit=Mdeliveries/cpu-s",
            ],
            ResultLine.Of(report));
    }

    [Fact]
    public void What_stands_alone_has_a_line_too() =>
        Assert.Equal(
            ["RESULT scenario=unsend case=10 peer=none ratio=- ours=3.00 theirs=- unit=us"],
            ResultLine.Of(new CaseReport("unsend", "10", "us", false, Series("broadside", 3), [])));

    [Theory]
    [InlineData(0.000123456, "0.000123")]
    [InlineData(1234.6, "1235")]
    [InlineData(12.345, "12.3")]
    [InlineData(0, "0")]
    [InlineData(double.NaN, "-")]
    [InlineData(double.PositiveInfinity, "-")]
    public void Numbers_have_three_digits_or_more_and_no_exponent(double value, string text) => Assert.Equal(text, ResultLine.Number(value));

    private static Series Series(string name, double value) => new(name, [new Sample(value)]);
}
