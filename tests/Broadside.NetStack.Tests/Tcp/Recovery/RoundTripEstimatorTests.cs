using Broadside.NetStack.Tcp.Recovery;

namespace Broadside.NetStack.Tests.Tcp.Recovery;

public sealed class RoundTripEstimatorTests
{
    private static readonly RecoveryOptions Options = new() { MinimumTimeout = TimeSpan.Zero };

    [Fact]
    public void The_timeout_is_a_second_before_any_sample_RFC_6298_2_1() =>
        Assert.Equal(TimeSpan.FromSeconds(1), new RoundTripEstimator(Options).Timeout);

    [Fact]
    public void The_first_sample_sets_the_estimate_RFC_6298_2_2()
    {
        var estimator = new RoundTripEstimator(Options);
        estimator.OnSample(Milliseconds(80));
        Assert.Equal((80, 40, 240), In(estimator));
    }

    [Fact]
    public void Later_samples_are_smoothed_RFC_6298_2_3()
    {
        var estimator = new RoundTripEstimator(Options);
        estimator.OnSample(Milliseconds(80));
        estimator.OnSample(Milliseconds(160));

        // 3/4 40 + 1/4 80, and 7/8 80 + 1/8 160.
        Assert.Equal((90, 50, 290), In(estimator));
    }

    [Fact]
    public void A_sample_of_many_a_round_trip_weighs_less_RFC_7323_G()
    {
        var estimator = new RoundTripEstimator(Options);
        estimator.OnSample(Milliseconds(80));
        estimator.OnSample(Milliseconds(160), expectedSamples: 8);
        Assert.Equal((81.25, 41.25, 246.25), In(estimator));
    }

    [Fact]
    public void The_timeout_has_room_for_delayed_acknowledgments_and_an_upper_bound_RFC_6298_2_4_2_5()
    {
        var estimator = new RoundTripEstimator(RecoveryOptions.Default);
        for (var sample = 0; sample < 100; sample++)
        {
            estimator.OnSample(Milliseconds(50));
        }

        Assert.Equal(250, estimator.Timeout.TotalMilliseconds, 0.5);
        estimator.OnSample(TimeSpan.FromMinutes(20));
        Assert.Equal(RecoveryOptions.Default.MaximumTimeout, estimator.Timeout);
    }

    [Fact]
    public void The_clock_s_granularity_is_the_least_variation_RFC_6298_2_3()
    {
        var estimator = new RoundTripEstimator(Options);
        for (var sample = 0; sample < 200; sample++)
        {
            estimator.OnSample(Milliseconds(50));
        }

        Assert.Equal(51, estimator.Timeout.TotalMilliseconds, 0.1);
    }

    private static (double, double, double) In(RoundTripEstimator estimator) =>
        (estimator.Smoothed.TotalMilliseconds, estimator.Variation.TotalMilliseconds, estimator.Timeout.TotalMilliseconds);

    private static TimeSpan Milliseconds(double value) => TimeSpan.FromMilliseconds(value);
}
