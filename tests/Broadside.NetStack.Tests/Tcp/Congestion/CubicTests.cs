using Broadside.NetStack.Tcp.Congestion;

namespace Broadside.NetStack.Tests.Tcp.Congestion;

public sealed class CubicTests
{
    private const int Segment = 1000;

    private readonly Cubic _cubic = new();
    private TimeSpan _now = TimeSpan.FromSeconds(5);

    public CubicTests() => _cubic.Start(Segment);

    [Theory]
    [InlineData(100, 100)]
    [InlineData(1000, 50)]
    [InlineData(5000, 200)]
    public void The_window_follows_the_cubic_function_RFC_9438_4_2(int maximum, int roundTrip)
    {
        var window = _cubic.Reduce(maximum * Segment, maximum * Segment);
        Assert.Equal((int)(maximum * 0.7 * Segment), window);
        var start = _now;
        var k = Math.Cbrt(maximum * 0.3 / 0.4);
        for (var elapsed = 0.0; elapsed < 2 * k; elapsed = (_now - start).TotalSeconds)
        {
            window = Round(window, roundTrip);

            // After a round trip it is where the function is by then.
            var expected = (0.4 * Math.Pow(elapsed + roundTrip / 1000.0 - k, 3)) + maximum;
            Assert.InRange((double)window / Segment, expected * 0.95, expected * 1.05);
        }
    }

    [Fact]
    public void With_short_round_trips_it_grows_as_Reno_would_RFC_9438_4_3()
    {
        var window = _cubic.Reduce(20 * Segment, 20 * Segment);
        Assert.Equal(14 * Segment, window);
        for (var round = 1; round <= 10; round++)
        {
            window = Round(window, milliseconds: 2);
            Assert.Equal(14 + (round * 3 * 0.3 / 1.7), (double)window / Segment, 0.3);
        }
    }

    [Fact]
    public void A_flow_that_has_less_than_before_makes_room_RFC_9438_4_7()
    {
        var window = _cubic.Reduce(1000 * Segment, 1000 * Segment);
        window = _cubic.Reduce(window, window);
        Assert.Equal(490 * Segment, window);
        for (var round = 0; round < 64; round++)
        {
            window = Round(window, milliseconds: 100);
        }

        // The plateau is at 700 * 0.85 = 595, after K = 6.4 s.
        Assert.InRange((double)window / Segment, 590, 597);
    }

    [Fact]
    public void After_a_slow_start_without_loss_it_begins_at_the_plateau_RFC_9438_4_10()
    {
        var window = 100 * Segment;
        for (var round = 0; round < 20; round++)
        {
            window = Round(window, milliseconds: 100);
        }

        // C t^3 after two seconds, but no less than Reno's window.
        Assert.InRange((double)window / Segment, 119, 121);
    }

    [Fact]
    public void After_a_timeout_the_function_starts_where_slow_start_ended_RFC_9438_4_8()
    {
        var threshold = _cubic.ReduceOnTimeout(1000 * Segment, 1000 * Segment);
        var window = threshold;
        for (var round = 0; round < 10; round++)
        {
            window = Round(window, milliseconds: 100);
        }

        Assert.InRange(window / Segment, 700, 712);
    }

    [Fact]
    public void Time_in_which_the_window_is_not_used_does_not_count_RFC_9438_5_8()
    {
        var window = _cubic.Reduce(1000 * Segment, 1000 * Segment);
        window = Round(window, milliseconds: 100);
        _cubic.OnNotLimited(_now);
        _now += TimeSpan.FromMinutes(1);
        Assert.InRange(Round(window, milliseconds: 100), window, window * 1.1);
    }

    [Fact]
    public void A_spurious_reduction_leaves_no_trace_RFC_9438_4_9()
    {
        var other = new Cubic();
        other.Start(Segment);
        var window = _cubic.Reduce(1000 * Segment, 1000 * Segment);
        other.Reduce(1000 * Segment, 1000 * Segment);
        _cubic.Save();
        _cubic.Reduce(window, window);
        _cubic.Restore();
        for (var round = 0; round < 20; round++)
        {
            var expected = other.Increase(window, Segment, TimeSpan.FromMilliseconds(100), _now);
            Assert.Equal(expected, _cubic.Increase(window, Segment, TimeSpan.FromMilliseconds(100), _now));
            window = expected;
            _now += TimeSpan.FromMilliseconds(100);
        }
    }

    [Fact]
    public void Another_segment_size_keeps_the_function_in_bytes()
    {
        var window = _cubic.Reduce(1000 * Segment, 1000 * Segment);
        window = Round(window, milliseconds: 100);
        _cubic.OnSegmentSizeChanged(Segment / 2);
        for (var round = 0; round < 200; round++)
        {
            Assert.True(Round(window, milliseconds: 100) is var next && next >= window);
            window = next;
        }
    }

    /// <summary>Acknowledges a window, a segment at a time, in the course of a round trip.</summary>
    private int Round(int window, double milliseconds)
    {
        var segments = window / Segment;
        for (var segment = 0; segment < segments; segment++)
        {
            window = _cubic.Increase(window, Segment, TimeSpan.FromMilliseconds(milliseconds), _now);
            _now += TimeSpan.FromMilliseconds(milliseconds / segments);
        }

        return window;
    }
}
