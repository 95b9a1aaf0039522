using System.Buffers;

namespace Broadside.Tests.Framing;

/// <summary>Framers that know a record's length from its first bytes.</summary>
public sealed class LengthFramersTests
{
    [Theory]
    [InlineData(1, 255)]
    [InlineData(2, 65535)]
    [InlineData(4, 100_000)]
    [InlineData(8, 100_000)]
    public void A_record_is_prefix_and_body(int prefixBytes, int length)
    {
        foreach (var (little, included) in new[] { (false, false), (true, false), (false, true), (true, true) })
        {
            var body = new byte[length - (included ? prefixBytes : 0)];
            var framer = Framers.LengthPrefixed(prefixBytes, little, included);
            byte[] record = FramerCase.Prefix(prefixBytes, little, included, body);
            Assert.Equal([record, record], FramedStream.InOnePiece(framer, [.. record, .. record]).Records);
        }
    }

    [Fact]
    public void What_is_missing_is_asked_for_exactly()
    {
        var framer = Framers.LengthPrefixed(4);
        var state = default(FramerState);
        Assert.Equal(2, NeedMore(framer, [0, 0x07], ref state));
        Assert.Equal(500_000, NeedMore(framer, [0, 0x07, 0xA1, 0x20], ref state));
        Assert.Equal(499_999, NeedMore(framer, [0, 0x07, 0xA1, 0x20, 9], ref state));
    }

    [Fact]
    public void A_length_beyond_the_maximum_is_refused_before_any_of_the_body()
    {
        Assert.NotNull(FramedStream.InOnePiece(Framers.LengthPrefixed(4, maximumLength: 100), [0, 0, 0, 97]).Reason);
        Assert.Null(FramedStream.InOnePiece(Framers.LengthPrefixed(4, maximumLength: 100), [0, 0, 0, 96]).Reason);
        Assert.NotNull(FramedStream.InOnePiece(Framers.LengthPrefixed(8), [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]).Reason);
        Assert.NotNull(FramedStream.InOnePiece(Framers.LengthPrefixed(8), [0x80, 0, 0, 0, 0, 0, 0, 0]).Reason);
        Assert.NotNull(FramedStream.InOnePiece(Framers.LengthPrefixed(4, maximumLength: int.MaxValue), [0x7F, 0xFF, 0xFF, 0xFF]).Reason);
        Assert.NotNull(FramedStream.InOnePiece(Framers.VarintPrefixed(maximumLength: int.MaxValue), [0xFF, 0xFF, 0xFF, 0xFF, 0x07]).Reason);
    }

    [Fact]
    public void A_length_that_counts_its_prefix_is_no_shorter_than_it()
    {
        Assert.NotNull(FramedStream.InOnePiece(Framers.LengthPrefixed(4, lengthIncludesPrefix: true), [0, 0, 0, 3]).Reason);
        Assert.Single(FramedStream.InOnePiece(Framers.LengthPrefixed(4, lengthIncludesPrefix: true), [0, 0, 0, 4]).Records);
        Assert.NotNull(FramedStream.InOnePiece(Framers.VarintPrefixed(lengthIncludesPrefix: true), [0]).Reason);
        Assert.Single(FramedStream.InOnePiece(Framers.VarintPrefixed(lengthIncludesPrefix: true), [1]).Records);
    }

    [Fact]
    public void An_empty_body_is_a_record() => Assert.Equal(2, FramedStream.InOnePiece(Framers.LengthPrefixed(1), [0, 0]).Records.Count);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(127, 1)]
    [InlineData(128, 2)]
    [InlineData(16_383, 2)]
    [InlineData(16_384, 3)]
    public void A_varint_has_seven_bits_a_byte(int length, int prefixBytes)
    {
        byte[] record = [.. FramerCase.Varint(length), .. new byte[length]];
        Assert.Equal(prefixBytes + length, record.Length);
        Assert.Equal([record], FramedStream.InOnePiece(Framers.VarintPrefixed(), record).Records);
    }

    [Fact]
    public void A_varint_has_at_most_ten_bytes()
    {
        byte[] padded = [0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00, 42];
        Assert.Equal([padded], FramedStream.InOnePiece(Framers.VarintPrefixed(), padded).Records);
        byte[] longer = [0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00];
        Assert.Contains("varint", FramedStream.InOnePiece(Framers.VarintPrefixed(), longer).Reason, StringComparison.Ordinal);
        byte[] bit63 = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01];
        Assert.NotNull(FramedStream.InOnePiece(Framers.VarintPrefixed(), bit63).Reason);
    }

    [Fact]
    public void Fixed_size_records_follow_one_another()
    {
        var framed = FramedStream.ByteByByte(Framers.FixedSize(3), [1, 2, 3, 4, 5, 6, 7]);
        Assert.Equal([[1, 2, 3], [4, 5, 6]], framed.Records);
        var state = default(FramerState);
        Assert.Equal(2, NeedMore(Framers.FixedSize(3), [7], ref state));
    }

    [Fact]
    public void Parameters_are_checked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Framers.LengthPrefixed(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => Framers.LengthPrefixed(4, maximumLength: 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => Framers.VarintPrefixed(maximumLength: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Framers.FixedSize(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Framers.Resp(maximumElements: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Framers.RespCommands(0));
        Assert.Throws<ArgumentException>(() => Framers.Delimited(default));
        Assert.Throws<ArgumentException>(() => Framers.Delimited(new byte[Framers.MaximumDelimiter + 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Framers.CrLf(1));
    }

    [Fact]
    public void The_state_takes_one_cache_line() => Assert.Equal(64, System.Runtime.CompilerServices.Unsafe.SizeOf<FramerState>());

    private static int NeedMore(IRecordFramer framer, byte[] bytes, ref FramerState state)
    {
        var result = framer.TryFrame(new ReadOnlySequence<byte>(bytes), ref state);
        Assert.Equal(FrameStatus.NeedMore, result.Status);
        return result.Count;
    }
}
