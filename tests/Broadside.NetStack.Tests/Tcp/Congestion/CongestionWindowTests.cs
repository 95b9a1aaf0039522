using Broadside.NetStack.Tcp.Congestion;

namespace Broadside.NetStack.Tests.Tcp.Congestion;

public sealed class CongestionWindowTests
{
    private const int Segment = 1000;

    [Fact]
    public void Slow_start_grows_by_what_is_acknowledged_RFC_5681_3_1_RFC_3465_2_2()
    {
        var window = New(CongestionAlgorithm.Reno, threshold: 50_000);
        Acknowledge(window, 500);
        Assert.Equal(10_500, window.Size);
        Acknowledge(window, 2_000);
        Assert.Equal(12_500, window.Size);

        // A receiver that takes in bursts sends one acknowledgment for each: it counts whole.
        Acknowledge(window, 10_000);
        Assert.Equal(22_500, window.Size);
    }

    [Fact]
    public void Slow_start_ends_at_the_threshold()
    {
        var window = New(CongestionAlgorithm.Reno, threshold: 11_500);
        Acknowledge(window, 1_000);
        Acknowledge(window, 1_000);
        Assert.Equal(11_500, window.Size);
        Assert.False(window.IsSlowStart);
    }

    [Fact]
    public void Congestion_avoidance_adds_a_segment_a_window_RFC_5681_3_1_RFC_3465_2_1()
    {
        var window = New(CongestionAlgorithm.Reno, threshold: 10_000);
        for (var round = 0; round < 5; round++)
        {
            var size = window.Size;
            for (var acknowledged = 0; acknowledged < size; acknowledged += Segment)
            {
                Assert.Equal(size, window.Size);
                Acknowledge(window, Segment);
            }

            Assert.Equal(size + Segment, window.Size);
        }
    }

    [Fact]
    public void A_loss_leaves_half_but_at_least_two_segments_RFC_5681_equation_4()
    {
        var window = New(CongestionAlgorithm.Reno);
        window.OnLoss(flight: 8_000);
        Assert.Equal(4_000, window.SlowStartThreshold);
        window.OnLoss(flight: 1_000);
        Assert.Equal(2_000, window.SlowStartThreshold);

        // What limited transmit sent beyond the window does not count.
        window.OnLoss(flight: 12_000);
        Assert.Equal(5_000, window.SlowStartThreshold);
    }

    [Fact]
    public void After_a_timeout_the_window_is_one_segment_RFC_5681_3_1()
    {
        var window = New(CongestionAlgorithm.Cubic);
        window.OnTimeout(10_000, isRepeated: false);
        Assert.Equal((1_000, 7_000), (window.Size, window.SlowStartThreshold));
        window.OnTimeout(10_000, isRepeated: true);
        Assert.Equal((1_000, 7_000), (window.Size, window.SlowStartThreshold));
        window.Restore();
        Assert.Equal((10_000, int.MaxValue), (window.Size, window.SlowStartThreshold));
    }

    private static CongestionWindow New(CongestionAlgorithm algorithm, int? threshold = null)
    {
        var window = new CongestionWindow();
        window.Start(algorithm, new(1), Segment, threshold, handshakeTimedOut: false);
        window.OnSent(1_000_000);
        return window;
    }

    private static void Acknowledge(CongestionWindow window, int bytes)
    {
        var feedback = new WindowFeedback
        {
            Number = new(0),
            Next = new(1_000_000),
            Acknowledged = bytes,
            RoundTrip = null,
            SmoothedRoundTrip = TimeSpan.FromMilliseconds(100),
            Now = TimeSpan.FromSeconds(1),
        };
        window.OnAcknowledged(in feedback, mayGrow: true, isRecovering: false);
    }
}
