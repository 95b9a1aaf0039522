using Broadside.NetStack.Wire;
using Broadside.PacketScripts.Parsing;

namespace Broadside.PacketScripts.Tests.Parsing;

public sealed class ParserTests
{
    [Fact]
    public void Options_stand_at_the_top_with_or_without_values()
    {
        var script = ScriptParser.Parse("--tolerance_usecs=10000 --strict_segments\n--local_ip=fd3d::1 // why\n--define=CC=\"reno\"\n");
        Assert.Equal(
            [("tolerance_usecs", "10000"), ("strict_segments", null), ("local_ip", "fd3d::1"), ("define", "CC=\"reno")],
            script.Options.Select(option => (option.Name, option.Value)));
    }

    [Fact]
    public void Definitions_give_words_other_values()
    {
        var script = ScriptParser.Parse("--define=CC=\"reno\"\n--define=FD=7\n0 f(FD, CC, OTHER) = 0");
        Assert.Equal("7, \"reno\", OTHER", string.Join(", ", Assert.IsType<SystemCall>(Assert.Single(script.Events).Action).Arguments));
    }

    [Theory]
    [InlineData("1.5 `x`", "Absolute", 1_500_000, 1_500_000)]
    [InlineData(".25 `x`", "Absolute", 250_000, 250_000)]
    [InlineData("+0 `x`", "Relative", 0, 0)]
    [InlineData("+.1 `x`", "Relative", 100_000, 100_000)]
    [InlineData("1~2.5 > . 1:1(0) ack 1", "AbsoluteRange", 1_000_000, 2_500_000)]
    [InlineData("+.1~+.2 > . 1:1(0) ack 1", "RelativeRange", 100_000, 200_000)]
    [InlineData("* > . 1:1(0) ack 1", "Any", 0, 0)]
    public void Times_have_five_forms(string text, string kind, long start, long end)
    {
        var time = Assert.Single(ScriptParser.Parse(text).Events).Time;
        Assert.Equal((kind, start, end), (time.Kind.ToString(), (long)time.Start.TotalMicroseconds, (long)time.End.TotalMicroseconds));
    }

    [Theory]
    [InlineData("0.1...0.3 connect(3, ..., ...) = 0", 300)]
    [InlineData("+0...0.100 connect(3, ..., ...) = 0", 100)]
    [InlineData("+.002 ... 0.004 connect(3, ..., ...) = 0", 4)]
    public void Calls_that_block_have_an_end(string text, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Call(text).End);

    [Theory]
    [InlineData("socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3")]
    [InlineData("read(4, ..., 1000) = -1 EAGAIN (Resource temporarily unavailable)")]
    [InlineData("fcntl(3, F_GETFL) = 0x2 (flags O_RDWR)")]
    [InlineData("setsockopt(3, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0")]
    [InlineData("poll([{fd=4, events=POLLIN|POLLOUT, revents=POLLIN}], 1, 0) = 1")]
    [InlineData("sendmsg(4, {msg_name(...)=..., msg_iov(1)=[{..., 1000}], msg_flags=0}, 0) = 1000")]
    [InlineData("bind(3, {sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr(\"192.168.0.1\")}, 16) = 0")]
    [InlineData("write(4, \"a\\\"\\n\\x00\", 4) = 4")]
    [InlineData("getsockopt(3, SOL_SOCKET, SO_ERROR, [111], [4]) = 0")]
    [InlineData("close(4) = 0")]
    public void Calls_print_as_they_were_written(string call) => Assert.Equal(call, ScriptPrinter.Print(Call($"+0 {call}")));

    [Theory]
    [InlineData("< S 0:0(0) win 32792 <mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 7>")]
    [InlineData("> S. 0:0(0) ack 1 <...>")]
    [InlineData("> SEW 0:0(0) <mss 1460,nop,nop,sackOK>")]
    [InlineData("> FP. 1:1001(1000) ack 4294967295 win 257")]
    [InlineData("< . 1:1(0) ack 1 win 320 <nop,nop,sack 1001:2001 3001:4001>")]
    [InlineData("< U. 1:11(10) ack 1 win 320 urg 5")]
    [InlineData("> [ect0] . 1:1(0) ack 1")]
    [InlineData("> [ect01] P. 1:2(1) ack 1")]
    [InlineData("< [ce,flowlabel 0xfffff] . 1:1(0) ack 1 win 1")]
    [InlineData("> [tos 0x12] - 1:1(0)")]
    [InlineData("> [ttl 64] R 1:1(0)")]
    [InlineData("> 8080>1234 R. 0:0(0) ack 1")]
    [InlineData("> udp (100)")]
    [InlineData("< udp 53>1234 (100)")]
    [InlineData("< icmp unreachable frag_needed mtu 1400 [1:1001(1000)]")]
    [InlineData("< icmp unreachable port_unreachable [udp (1000)]")]
    [InlineData("> icmp echo_reply id 5")]
    [InlineData("< F. 4294967295:0(1) ack 1 win 1")]
    public void Packets_print_as_they_were_written(string packet) => Assert.Equal(packet, ScriptPrinter.Print(Packet(packet)));

    [Fact]
    public void A_packet_is_taken_apart()
    {
        var packet = Packet("< SE. 10:30(20) ack 7 win 8 urg 9 <mss 1460>");
        var tcp = Assert.IsType<TcpFields>(packet.Transport);
        Assert.False(packet.IsOutbound);
        Assert.Equal(TcpFlags.Syn | TcpFlags.Ece | TcpFlags.Ack, tcp.Flags);
        Assert.Equal((10u, 20, 7u, (ushort?)8, (ushort)9), (tcp.Sequence, tcp.PayloadLength, tcp.Acknowledgment, tcp.Window, tcp.UrgentPointer));
        Assert.Equal(new MaximumSegmentSizeField(1460), Assert.Single(tcp.Options!));
    }

    [Fact]
    public void Comments_of_c_and_cpp_are_passed_over()
    {
        var script = ScriptParser.Parse("// one\n/* two\n * lines **/ `setup` /**/\n0 /* here */ close(3) = 0 // end");
        Assert.Equal("setup", Assert.Single(script.Setup).Text);
        Assert.Equal(4, Assert.Single(script.Events).Line);
    }

    [Fact]
    public void Commands_stand_before_between_and_after_events()
    {
        var script = ScriptParser.Parse("`one`\n`two`\n0 `three`\n+0 %{ code }%\n`four`");
        Assert.Equal(["one", "two"], script.Setup.Select(command => command.Text));
        Assert.Equal("three", Assert.IsType<ShellCommand>(script.Events[0].Action).Text);
        Assert.Equal("code", Assert.IsType<CodeBlock>(script.Events[1].Action).Text);
        Assert.Equal("four", Assert.Single(script.Cleanup).Text);
    }

    [Theory]
    [InlineData("0 ?", 1, 3, "expected a packet")]
    [InlineData("0 close(3) =\n\n", 3, 1, "expected an expression, found the end of the script")]
    [InlineData("\n +.1 < S 0:1(0) win 1", 2, 17, "0 and 0 bytes do not end at 1")]
    [InlineData("0 > . 1:1(0) ack 1 <mss 1460,nop>", 1, 34, "no multiple of four")]
    [InlineData("0 < . 1:1(0) ack 1 <...>", 1, 25, "outbound packets only")]
    [InlineData("0 < . 1:1(0) ack 1 win 65536", 1, 24, "window 65536 is out of range")]
    [InlineData("0 < X 1:1(0)", 1, 5, "expected flags, found 'X'")]
    [InlineData("* close(3) = 0", 1, 1, "only an outbound packet")]
    [InlineData("2~1 > . 1:1(0)", 1, 5, "backwards")]
    [InlineData("-1 close(3) = 0", 1, 1, "out of range")]
    [InlineData("0 `never closed", 1, 3, "` is not closed")]
    [InlineData("/* never closed", 1, 1, "/* is not closed")]
    [InlineData("0 f(99999999999999999999) = 0", 1, 5, "out of range")]
    [InlineData("0 close(3) = 0 `x` 1", 1, 20, "expected the end of the script")]
    public void Errors_name_their_place(string text, int line, int column, string message)
    {
        var exception = Assert.Throws<ScriptSyntaxException>(() => ScriptParser.Parse(text));
        Assert.Equal(new SourcePosition(line, column), exception.Position);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0 < S 0:0(0) win 1 <FO a1b2c3d4>")]
    [InlineData("0 > ipv4 192.168.0.1 > 192.0.2.1: . 1:1(0)")]
    [InlineData("0 > P.5 1:1(0) ack 1")]
    [InlineData("0 > SEWA 0:0(0)")]
    [InlineData("0 < S 0:0(0) win 1 { mut tcp mss }")]
    public void What_cannot_be_expressed_is_unsupported_not_wrong(string text) =>
        Assert.Throws<ScriptUnsupportedException>(() => ScriptParser.Parse(text));

    [Fact]
    public void Deep_nesting_is_an_error_not_a_crash() =>
        Assert.Throws<ScriptSyntaxException>(() => ScriptParser.Parse("0 f(" + new string('[', 100_000)));

    private static SystemCall Call(string text) => Assert.IsType<SystemCall>(Assert.Single(ScriptParser.Parse(text).Events).Action);

    private static ScriptPacket Packet(string text) => Assert.IsType<ScriptPacket>(Assert.Single(ScriptParser.Parse($"0 {text}").Events).Action);
}
