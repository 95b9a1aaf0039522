using System.Buffers;

namespace Broadside.Tests.Framing;

public sealed class DelimiterFramerTests
{
    [Fact]
    public void The_delimiter_belongs_to_the_record()
    {
        Assert.Equal(["a\n"u8.ToArray(), "\n"u8.ToArray(), "b\r\n"u8.ToArray()], FramedStream.InOnePiece(Framers.Lines(), "a\n\nb\r\nc"u8.ToArray()).Records);
        Assert.Equal(["a\nb\r\r\n"u8.ToArray()], FramedStream.ByteByByte(Framers.CrLf(), "a\nb\r\r\nc\r"u8.ToArray()).Records);
    }

    [Theory]
    [InlineData("aab", "aaaab")]
    [InlineData("abab", "aabaabab")]
    [InlineData("aaa", "baabaaa")]
    [InlineData("abcabd", "abcabcabd")]
    public void A_delimiter_that_begins_within_a_failed_one_is_found(string delimiter, string record)
    {
        var framer = Framers.Delimited(System.Text.Encoding.Latin1.GetBytes(delimiter));
        var bytes = System.Text.Encoding.Latin1.GetBytes(record);
        for (var cut = 1; cut < bytes.Length; cut++)
        {
            var receives = new Queue<int>([cut, bytes.Length]);
            Assert.Equal([bytes], FramedStream.Of(framer, bytes, receives.Dequeue).Records);
        }

        Assert.Equal([bytes], FramedStream.ByteByByte(framer, bytes).Records);
    }

    [Fact]
    public void What_the_delimiter_still_lacks_is_asked_for()
    {
        var state = default(FramerState);
        var framer = Framers.Delimited("--end"u8);
        Assert.Equal(2, framer.TryFrame(new ReadOnlySequence<byte>("data--e"u8.ToArray()), ref state).Count);
        Assert.Equal(5, framer.TryFrame(new ReadOnlySequence<byte>("data--ex"u8.ToArray()), ref state).Count);
    }

    [Fact]
    public void A_record_of_the_maximum_is_framed_and_a_longer_one_is_refused_as_soon_as_it_must_be_longer()
    {
        var framer = Framers.CrLf(4);
        Assert.Single(FramedStream.ByteByByte(framer, "ab\r\n"u8.ToArray()).Records);
        Assert.Null(FramedStream.ByteByByte(framer, "ab\r"u8.ToArray()).Reason);
        Assert.NotNull(FramedStream.ByteByByte(framer, "abc"u8.ToArray()).Reason);
        Assert.NotNull(FramedStream.InOnePiece(framer, "abc\r\n"u8.ToArray()).Reason);
    }

    [Fact]
    public void A_long_line_received_byte_by_byte_is_scanned_once()
    {
        // The harness spoils what was scanned, so a line that is found at all was found without looking back.
        var line = new byte[Framers.DefaultMaximumLength];
        line.AsSpan().Fill((byte)'x');
        line[^1] = (byte)'\n';
        var framed = FramedStream.ByteByByte(Framers.Lines(), line);
        Assert.Single(framed.Records);
        Assert.Equal(line.Length, framed.Calls);
    }
}
