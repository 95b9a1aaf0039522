using System.Buffers;
using Broadside.Relay;

namespace Broadside.Servers.Tests.Relay;

public sealed class RespWriterTests
{
    [Fact]
    public void Types_that_RESP2_lacks_become_others()
    {
        Both("#t\\r\\n", ":1\\r\\n", writer => writer.Boolean(true));
        Both("#f\\r\\n", ":0\\r\\n", writer => writer.Boolean(false));
        Both("_\\r\\n", "$-1\\r\\n", writer => writer.Null());
        Both("_\\r\\n", "*-1\\r\\n", writer => writer.NullArray());
        Both("%2\\r\\n", "*4\\r\\n", writer => writer.MapHeader(2));
        Both("~2\\r\\n", "*2\\r\\n", writer => writer.SetHeader(2));
        Both(">2\\r\\n", "*2\\r\\n", writer => writer.PushHeader(2));
        Both("=6\\r\\ntxt:hi\\r\\n", "$2\\r\\nhi\\r\\n", writer => writer.Verbatim("hi"u8));
    }

    [Theory]
    [InlineData(0.1, "0.10000000000000001")]
    [InlineData(3.141, "3.141")]
    [InlineData(1e20, "1e+20")]
    [InlineData(-2, "-2")]
    [InlineData(double.PositiveInfinity, "inf")]
    [InlineData(double.NegativeInfinity, "-inf")]
    [InlineData(double.NaN, "nan")]
    public void Doubles_have_17_digits(double value, string text) =>
        Both($",{text}\\r\\n", $"${text.Length}\\r\\n{text}\\r\\n", writer => writer.Double(value));

    [Fact]
    public void Integers_cover_64_bits()
    {
        Assert.Equal(":-9223372036854775808\\r\\n", Replies.Of(writer => writer.Integer(long.MinValue)));
        Assert.Equal(":9223372036854775807\\r\\n", Replies.Of(writer => writer.Integer(long.MaxValue)));
    }

    [Fact]
    public void No_input_ends_an_error_early() =>
        Assert.Equal("-ERR a  b c\\r\\n", Replies.Of(writer => writer.Error("ERR a\r\nb\nc"u8)));

    [Fact]
    public void A_value_larger_than_any_room_offered_is_written_whole()
    {
        var bytes = new byte[200_000];
        new Random(1).NextBytes(bytes);
        var output = new ArrayBufferWriter<byte>();
        new RespWriter(output, RespVersion.Resp2).Bulk(bytes);
        Assert.Equal(bytes, output.WrittenSpan[9..^2].ToArray());
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(9, 10, 99)]
    [InlineData(100, 12345, 7)]
    public void Message_lengths_are_exact(int pattern, int channel, int payload)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new RespWriter(output, RespVersion.Resp3);
        PubSubMessages.MessageHead(writer, new byte[channel], payload);
        writer.BulkBody(new byte[payload]);
        Assert.Equal(PubSubMessages.MessageLength(channel, payload), output.WrittenCount);
        output.ResetWrittenCount();
        writer = new RespWriter(output, RespVersion.Resp2);
        PubSubMessages.PatternMessageHead(writer, new byte[pattern], new byte[channel], payload);
        writer.BulkBody(new byte[payload]);
        Assert.Equal(PubSubMessages.PatternMessageLength(pattern, channel, payload), output.WrittenCount);
    }

    private static void Both(string resp3, string resp2, Action<RespWriter> write)
    {
        Assert.Equal(resp3, Replies.Of(write, RespVersion.Resp3));
        Assert.Equal(resp2, Replies.Of(write));
    }
}
