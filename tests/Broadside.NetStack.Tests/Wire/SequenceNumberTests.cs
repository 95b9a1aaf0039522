using FsCheck;
using FsCheck.Fluent;

namespace Broadside.NetStack.Tests.Wire;

public sealed class SequenceNumberTests
{
    [Fact]
    public void Numbers_are_compared_across_the_wrap()
    {
        var last = new SequenceNumber(uint.MaxValue);
        Assert.Equal(new SequenceNumber(0), last + 1);
        Assert.True(last < last + 1);
        Assert.True(last + 1 > last);
        Assert.True(last <= last + 0 && last >= last - 0);
        Assert.Equal(11, last + 11 - last);
        Assert.Equal(-11, last - (last + 11));
        Assert.Equal(last + 3, SequenceNumber.Max(last, last + 3));
        Assert.Equal(last, SequenceNumber.Min(last, last + 3));
    }

    [Fact]
    public void Order_is_that_of_the_distance() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1_000), Prop.ForAll<uint, int>((start, distance) =>
        {
            if (distance == int.MinValue)
            {
                return true;
            }

            var (from, to) = (new SequenceNumber(start), new SequenceNumber(start) + distance);
            return to - from == distance && (from < to) == (distance > 0) && (from > to) == (distance < 0)
                && (from <= to) == (distance >= 0) && (from >= to) == (distance <= 0) && to - distance == from;
        }));

    [Theory]
    [InlineData(0xFFFF_FFF0, 0x20, 0xFFFF_FFF0, true)]
    [InlineData(0xFFFF_FFF0, 0x20, 0x0000_000F, true)]
    [InlineData(0xFFFF_FFF0, 0x20, 0x0000_0010, false)]
    [InlineData(0xFFFF_FFF0, 0x20, 0xFFFF_FFEF, false)]
    [InlineData(5, 0, 5, false)]
    public void Windows_wrap(uint start, uint length, uint number, bool expected) =>
        Assert.Equal(expected, new SequenceNumber(number).IsWithin(new(start), length));
}
