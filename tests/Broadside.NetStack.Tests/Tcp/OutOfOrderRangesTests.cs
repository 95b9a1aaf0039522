using Broadside.NetStack.Tcp;
using FsCheck;
using FsCheck.Fluent;

namespace Broadside.NetStack.Tests.Tcp;

public sealed class OutOfOrderRangesTests
{
    private static readonly SequenceNumber Origin = new(uint.MaxValue - 500);

    /// <summary>Against a set of numbers, around the place where they wrap.</summary>
    [Fact]
    public void It_knows_what_was_received() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), Check).QuickCheckThrowOnFailure();

    /// <summary>RFC 2018 section 4: the first block is the one with the segment that caused the report, others follow by age.</summary>
    [Fact]
    public void The_most_recent_comes_first()
    {
        var ranges = new OutOfOrderRanges();
        foreach (var start in (int[])[100, 300, 200, 500, 400])
        {
            Assert.True(ranges.TryAdd(Origin + start, Origin + start + 10));
        }

        Assert.Equal([400, 500, 200, 300], Starts(ranges.Report(null)));
        Assert.True(ranges.TryAdd(Origin + 310, Origin + 320));
        Assert.Equal([300, 400, 500, 200], Starts(ranges.Report(null)));
    }

    /// <summary>RFC 2883 section 4.</summary>
    [Fact]
    public void A_duplicate_comes_before_all()
    {
        var ranges = new OutOfOrderRanges();
        Assert.True(ranges.TryAdd(Origin + 100, Origin + 110));
        Assert.Equal([50, 100], Starts(ranges.Report(new SackBlock(Origin + 50, Origin + 60))));
    }

    [Fact]
    public void There_is_an_end_to_ranges()
    {
        var ranges = new OutOfOrderRanges();
        for (var index = 0; index < OutOfOrderRanges.Capacity; index++)
        {
            Assert.True(ranges.TryAdd(Origin + (index * 10), Origin + (index * 10) + 5));
        }

        Assert.False(ranges.TryAdd(Origin + 100_000, Origin + 100_001));
        Assert.True(ranges.TryAdd(Origin + 5, Origin + 10));
        Assert.True(ranges.TryAdd(Origin + 100_000, Origin + 100_001));
    }

    private static int[] Starts(SackBlocks blocks) => [.. blocks.AsSpan().ToArray().Select(block => block.LeftEdge - Origin)];

    private static void Check(int seed)
    {
        var random = new Random(seed);
        var ranges = new OutOfOrderRanges();
        var received = new HashSet<int>();
        var next = 0;
        for (var step = 0; step < 50; step++)
        {
            var left = next + random.Next(1, 400);
            var right = left + random.Next(1, 60);
            if (ranges.TryAdd(Origin + left, Origin + right))
            {
                received.UnionWith(Enumerable.Range(left, right - left));
            }

            if (random.Next(4) == 0)
            {
                next += random.Next(1, 100);
                while (received.Contains(next))
                {
                    next++;
                }

                received.RemoveWhere(number => number < next);
                Assert.Equal(next, ranges.Advance(Origin + next) - Origin);
            }

            var from = next + random.Next(1, 400);
            var to = from + random.Next(1, 20);
            Assert.Equal(FirstRun(received, from, to), ranges.Overlap(Origin + from, Origin + to));
            Assert.Equal(received.Count == 0, ranges.IsEmpty);
            if (received.Count > 0)
            {
                Assert.Equal(received.Max() + 1, ranges.End - Origin);
            }
        }
    }

    private static SackBlock? FirstRun(HashSet<int> received, int from, int to)
    {
        var left = from;
        while (left < to && !received.Contains(left))
        {
            left++;
        }

        var right = left;
        while (right < to && received.Contains(right))
        {
            right++;
        }

        return left < to ? new(Origin + left, Origin + right) : null;
    }
}
