using System.Buffers;
using System.Text;

namespace Broadside.Tests.Framing;

public sealed class RespCommandFramerTests
{
    private static readonly IRecordFramer Framer = Framers.RespCommands();

    [Theory]
    [InlineData("*1\r\n$4\r\nPING\r\n")]
    [InlineData("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$0\r\n\r\n")]
    [InlineData("*0\r\n")]
    [InlineData("*-1\r\n")]
    [InlineData("*-10\r\n")]
    [InlineData("PING\r\n")]
    [InlineData("PING\n")]
    [InlineData("\r\n")]
    [InlineData("\n")]
    public void Every_form_is_one_record(string command)
    {
        var record = Encoding.Latin1.GetBytes(command);
        byte[] stream = [.. record, .. record];
        Assert.Equal([record, record], FramedStream.InOnePiece(Framer, stream).Records);
        Assert.Equal([record, record], FramedStream.ByteByByte(Framer, stream).Records);
    }

    [Theory]
    [InlineData("*x\r\n", "invalid multibulk length")]
    [InlineData("*\0", "invalid multibulk length")]
    [InlineData("*20000000\r\n", "invalid multibulk length")]
    [InlineData("*1048577\r\n", "invalid multibulk length")]
    [InlineData("*1000000\r\n", "invalid multibulk length")]
    [InlineData("*11111111111111111111111", "too big mbulk count string")]
    [InlineData("*3\r\n$3\r\nSET\r\n$1\r\nx\r\nfooz\r\n", "expected '$', got 'f'")]
    [InlineData("*1\r\n\r\n", "expected '$', got ' '")]
    [InlineData("*1\r\n\u00E4", "expected '$', got '\u00E4'")]
    [InlineData("*1\r\n$-1\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$x\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$2000000000\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$1048576\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$11111111111111111111111", "too big bulk count string")]
    [InlineData("*1\r\n$3\r\nPING\r\n", "invalid bulk length")]
    public void Errors_read_as_those_of_Redis(string bytes, string reason)
    {
        var stream = Encoding.Latin1.GetBytes(bytes);
        Assert.Equal(reason, FramedStream.InOnePiece(Framer, stream).Reason);
        Assert.Equal(reason, FramedStream.ByteByByte(Framer, stream).Reason);
    }

    [Fact]
    public void An_inline_command_has_at_most_64_KiB()
    {
        var line = Enumerable.Repeat((byte)'a', 64 * 1024).ToArray();
        byte[] longest = [.. line, (byte)'\n'];
        Assert.Equal([longest], FramedStream.InOnePiece(Framer, longest).Records);
        Assert.Null(FramedStream.InOnePiece(Framer, line).Reason);
        Assert.Equal("too big inline request", FramedStream.InOnePiece(Framer, [.. line, (byte)'a']).Reason);
        Assert.Equal("too big inline request", FramedStream.InOnePiece(Framer, [.. line, .. "a\n"u8]).Reason);
        Assert.Equal("too big inline request", FramedStream.InOnePiece(Framers.RespCommands(4), "PING\n"u8.ToArray()).Reason);
    }

    [Fact]
    public void A_large_argument_is_asked_for_whole()
    {
        Assert.Equal(500_002, NeedMore("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$500000\r\n"));
        Assert.Equal(500_002 + 6, NeedMore("*3\r\n$3\r\nSET\r\n$500000\r\n"));
        Assert.Equal(18, NeedMore("*3\r\n"));
        Assert.Equal(1, NeedMore("PING"));
    }

    [Fact]
    public void The_limit_holds_for_the_whole_command()
    {
        var framer = Framers.RespCommands(30);
        Assert.Single(FramedStream.ByteByByte(framer, "*2\r\n$5\r\nhello\r\n$6\r\nworld!\r\n"u8.ToArray()).Records);
        Assert.Equal("invalid bulk length", FramedStream.ByteByByte(framer, "*2\r\n$5\r\nhello\r\n$10\r\n"u8.ToArray()).Reason);
    }

    private static int NeedMore(string bytes)
    {
        var state = default(FramerState);
        var result = Framer.TryFrame(new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(bytes)), ref state);
        Assert.Equal(FrameStatus.NeedMore, result.Status);
        return result.Count;
    }
}
