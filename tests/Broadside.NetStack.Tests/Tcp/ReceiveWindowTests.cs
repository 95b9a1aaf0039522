using Broadside.NetStack.Tcp;
using FsCheck;
using FsCheck.Fluent;

namespace Broadside.NetStack.Tests.Tcp;

public sealed class ReceiveWindowTests
{
    private const int SegmentSize = 1460;

    private static readonly SequenceNumber Origin = new(uint.MaxValue - 100_000);

    /// <summary>RFC 9293 section 3.8.6: what was promised is not taken back, whatever is read; but for what the scale cannot say (RFC 7323 section 2.4).</summary>
    [Fact]
    public void The_right_edge_never_moves_back() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), Check).QuickCheckThrowOnFailure();

    /// <summary>RFC 9293 section 3.8.6.2.2: the window stays closed until it can open by a segment or by half the buffer.</summary>
    [Fact]
    public void It_does_not_open_by_a_few_bytes()
    {
        var window = default(ReceiveWindow);
        window.Start(10_000, 10_000, 0, Origin, TimeSpan.Zero);
        Assert.Equal(10_000, window.Advertise(Origin, 0, SegmentSize, isSyn: false));
        var next = Origin + 10_000;
        Assert.Equal(0, window.Advertise(next, 10_000, SegmentSize, isSyn: false));
        Assert.Equal(0, window.Advertise(next, 9_000, SegmentSize, isSyn: false));
        Assert.False(window.DeservesUpdate(next, 9_000, SegmentSize));
        Assert.True(window.DeservesUpdate(next, 10_000 - SegmentSize, SegmentSize));
        Assert.Equal(SegmentSize, window.Advertise(next, 10_000 - SegmentSize, SegmentSize, isSyn: false));
    }

    /// <summary>RFC 7323 section 2.2.</summary>
    [Fact]
    public void A_syn_is_not_scaled()
    {
        var window = default(ReceiveWindow);
        window.Start(128 * 1024, 16 * 1024 * 1024, 8, Origin, TimeSpan.Zero);
        Assert.Equal(ushort.MaxValue, window.Advertise(Origin, 0, SegmentSize, isSyn: true));
        Assert.Equal(512, window.Advertise(Origin, 0, SegmentSize, isSyn: false));
    }

    [Fact]
    public void The_buffer_grows_to_twice_what_a_round_trip_brings_but_not_beyond_its_limit()
    {
        var window = default(ReceiveWindow);
        window.Start(100_000, 1_000_000, 5, Origin, TimeSpan.Zero);
        var roundTrip = TimeSpan.FromMilliseconds(100);
        window.Tune(Origin + 90_000, roundTrip, roundTrip);
        Assert.Equal(180_000, window.Buffer);
        window.Tune(Origin + 100_000, roundTrip, roundTrip * 2);
        Assert.Equal(180_000, window.Buffer);
        window.Tune(Origin + 800_000, roundTrip, roundTrip * 3);
        Assert.Equal(1_000_000, window.Buffer);
    }

    private static void Check(int seed)
    {
        var random = new Random(seed);
        var scale = (byte)random.Next(15);
        var buffer = random.Next(1_000, 1_000_000);
        var window = default(ReceiveWindow);
        window.Start(buffer, buffer, scale, Origin, TimeSpan.Zero);
        var next = Origin;
        var read = Origin;
        var edge = Origin;
        for (var step = 0; step < 200; step++)
        {
            var promised = next + (window.Advertise(next, next - read, SegmentSize, isSyn: false) << scale);
            Assert.True(promised > edge - (1 << scale), "The edge moved back by more than scaling explains.");
            Assert.True(promised - read <= window.Buffer + (1 << scale), "More was promised than fits.");
            Assert.True(window.RightEdge >= promised, "What was promised is not accepted.");
            edge = window.RightEdge;
            next += random.Next(0, promised - next + 1);
            read += random.Next(0, next - read + 1);
        }
    }
}
