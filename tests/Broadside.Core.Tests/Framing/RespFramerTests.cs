using System.Buffers;
using System.Text;

namespace Broadside.Tests.Framing;

public sealed class RespFramerTests
{
    private static readonly IRecordFramer Framer = Framers.Resp();

    [Theory]
    [InlineData("+OK\r\n")]
    [InlineData("-ERR unknown command\r\n")]
    [InlineData(":-1000\r\n")]
    [InlineData("$5\r\nhello\r\n")]
    [InlineData("$4\r\n\r\n\r\n\r\n")]
    [InlineData("$0\r\n\r\n")]
    [InlineData("$-1\r\n")]
    [InlineData("*-1\r\n")]
    [InlineData("*0\r\n")]
    [InlineData("*2\r\n*1\r\n:1\r\n*0\r\n")]
    [InlineData("*3\r\n:1\r\n$-1\r\n+x\r\n")]
    [InlineData("_\r\n")]
    [InlineData("#t\r\n")]
    [InlineData(",1.5e3\r\n")]
    [InlineData(",-inf\r\n")]
    [InlineData("(3492890328409238509324850943850943825024385\r\n")]
    [InlineData("!21\r\nSYNTAX invalid syntax\r\n")]
    [InlineData("=8\r\ntxt:Some\r\n")]
    [InlineData("%2\r\n+a\r\n:1\r\n+b\r\n%1\r\n+c\r\n~1\r\n:3\r\n")]
    [InlineData("%0\r\n")]
    [InlineData("~2\r\n+a\r\n+b\r\n")]
    [InlineData(">3\r\n+message\r\n+news\r\n$2\r\nhi\r\n")]
    [InlineData("|1\r\n+ttl\r\n:3600\r\n*2\r\n:1\r\n:2\r\n")]
    [InlineData("|0\r\n+OK\r\n")]
    [InlineData("*2\r\n|1\r\n+a\r\n+b\r\n:1\r\n|1\r\n+c\r\n|1\r\n+d\r\n+e\r\n+f\r\n:2\r\n")]
    public void Every_type_is_one_record(string value)
    {
        var record = Encoding.Latin1.GetBytes(value);
        var next = "+next\r\n"u8.ToArray();
        byte[] stream = [.. record, .. next];
        Assert.Equal([record, next], FramedStream.InOnePiece(Framer, stream).Records);
        Assert.Equal([record, next], FramedStream.ByteByByte(Framer, stream).Records);
    }

    [Theory]
    [InlineData("$?\r\n", "streamed")]
    [InlineData("*?\r\n", "streamed")]
    [InlineData("%?\r\n", "streamed")]
    [InlineData("x", "no RESP value")]
    [InlineData("\r\n", "no RESP value")]
    [InlineData(".\r\n", "no RESP value")]
    [InlineData("+OK\n", "CR LF")]
    [InlineData("+O\rK\r\n", "CR LF")]
    [InlineData("$3\r\nabcd\r\n", "CR LF")]
    [InlineData("$3\r\nabc\rx", "CR LF")]
    [InlineData("$03\r\n", "not a number")]
    [InlineData("$+3\r\n", "not a number")]
    [InlineData("$ 3\r\n", "not a number")]
    [InlineData("$\r\n", "not a number")]
    [InlineData("$-\r\n", "not a number")]
    [InlineData("$-0\r\n", "not a number")]
    [InlineData("$3\n", "not a number")]
    [InlineData("$3\rx", "not a number")]
    [InlineData("$99999999999999999999999\r\n", "not a number")]
    [InlineData("$-2\r\n", "negative")]
    [InlineData("*-2\r\n", "negative")]
    [InlineData("!-1\r\n", "negative")]
    [InlineData("~-1\r\n", "negative")]
    [InlineData("$1048576\r\n", "longer")]
    [InlineData("$99999999999999999\r\n", "longer")]
    [InlineData("*9999999\r\n", "more than")]
    public void What_is_no_value_is_refused(string bytes, string reason)
    {
        var stream = Encoding.Latin1.GetBytes(bytes);
        Assert.Contains(reason, FramedStream.InOnePiece(Framer, stream).Reason, StringComparison.Ordinal);
        Assert.Contains(reason, FramedStream.ByteByByte(Framer, stream).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_is_bounded_exactly()
    {
        static byte[] Nested(int depth, string close) => Encoding.Latin1.GetBytes(
            string.Concat(Enumerable.Repeat("*2\r\n:0\r\n", depth)) + ":1\r\n" + close);

        Assert.Single(FramedStream.ByteByByte(Framer, Nested(11, string.Empty)).Records);
        Assert.Contains("deep", FramedStream.ByteByByte(Framer, Nested(12, string.Empty)).Reason, StringComparison.Ordinal);

        // Breadth is not depth: containers that have ended no longer count.
        var wide = Encoding.Latin1.GetBytes("*100\r\n" + string.Concat(Enumerable.Repeat("*1\r\n*1\r\n:1\r\n", 100)));
        Assert.Single(FramedStream.InOnePiece(Framer, wide).Records);
    }

    [Fact]
    public void What_must_follow_is_asked_for()
    {
        Assert.Equal(102, NeedMore("$100\r\n"));
        Assert.Equal(1, NeedMore("$2\r\nab\r"));
        Assert.Equal(30, NeedMore("*10\r\n"));
        Assert.Equal(102 + (9 * 3), NeedMore("*10\r\n$100\r\n"));
        Assert.Equal(7 * 3, NeedMore("|3\r\n"));
        Assert.Equal(4 * 3, NeedMore("*2\r\n*3\r\n"));
        Assert.Equal(2, NeedMore("+OK"));
    }

    [Fact]
    public void Limits_hold_for_the_whole_value()
    {
        var framer = Framers.Resp(maximumLength: 30, maximumElements: 4);
        Assert.Single(FramedStream.ByteByByte(framer, "*2\r\n$5\r\nhello\r\n$5\r\nworld\r\n"u8.ToArray()).Records);
        Assert.NotNull(FramedStream.ByteByByte(framer, "*2\r\n$5\r\nhello\r\n$10\r\n"u8.ToArray()).Reason);
        Assert.Null(FramedStream.ByteByByte(framer, "*4\r\n"u8.ToArray()).Reason);
        Assert.NotNull(FramedStream.ByteByByte(framer, "*5\r\n"u8.ToArray()).Reason);
        Assert.Null(FramedStream.ByteByByte(framer, "%4\r\n"u8.ToArray()).Reason);
    }

    private static int NeedMore(string bytes)
    {
        var state = default(FramerState);
        var result = Framer.TryFrame(new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(bytes)), ref state);
        Assert.Equal(FrameStatus.NeedMore, result.Status);
        return result.Count;
    }
}
