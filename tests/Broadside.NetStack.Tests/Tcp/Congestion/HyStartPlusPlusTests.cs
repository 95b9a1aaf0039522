using Broadside.NetStack.Tcp.Congestion;

namespace Broadside.NetStack.Tests.Tcp.Congestion;

public sealed class HyStartPlusPlusTests
{
    private HyStartPlusPlus _hyStart;
    private uint _next = 1;

    public HyStartPlusPlusTests() => _hyStart.Start(new(_next));

    [Fact]
    public void A_longer_round_trip_makes_growth_conservative_for_five_rounds_and_then_ends_slow_start_RFC_9406_4_2()
    {
        Round(100);
        Round(100);
        Assert.Equal(1000, _hyStart.Growth(1000));
        Round(113);
        Assert.Equal((true, 250), (_hyStart.IsConservative, _hyStart.Growth(1000)));
        for (var round = 0; round < 3; round++)
        {
            Round(120);
            Assert.False(_hyStart.IsDone);
        }

        Round(120);
        Assert.True(_hyStart.IsDone);
    }

    [Fact]
    public void A_shorter_one_resumes_slow_start_RFC_9406_4_2()
    {
        Round(100);
        Round(113);
        Assert.True(_hyStart.IsConservative);
        Round(105);
        Assert.False(_hyStart.IsConservative);
    }

    [Theory]
    [InlineData(100, 112.4, false)]
    [InlineData(100, 112.5, true)]
    [InlineData(8, 11.9, false)]
    [InlineData(8, 12, true)]
    [InlineData(400, 415, false)]
    [InlineData(400, 416, true)]
    public void The_threshold_is_an_eighth_within_bounds_RFC_9406_4_2(double before, double now, bool expected)
    {
        Round(before);
        Round(now);
        Assert.Equal(expected, _hyStart.IsConservative);
    }

    [Fact]
    public void Fewer_than_eight_samples_say_nothing_RFC_9406_4_2()
    {
        Round(100);
        Round(200, samples: 7);
        Assert.False(_hyStart.IsConservative);
    }

    private void Round(double milliseconds, int samples = 10)
    {
        var end = _next;
        _next += 1000;
        for (var sample = 1; sample <= samples; sample++)
        {
            var isLast = sample == samples;
            _hyStart.OnAcknowledged(new(isLast ? end : end - 1), new(_next), TimeSpan.FromMilliseconds(milliseconds));
        }
    }
}
