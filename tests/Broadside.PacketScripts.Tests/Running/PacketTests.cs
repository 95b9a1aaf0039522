using Broadside.PacketScripts.Parsing;

namespace Broadside.PacketScripts.Tests.Running;

public sealed class PacketTests : RunnerTest
{
    [Fact]
    public void A_connection_is_followed_in_the_scripts_numbers()
    {
        Assert.Equal("ok", RunConnected(
            """
            +0 < P. 1:101(100) ack 1 win 257 <nop,nop,TS val 300 ecr 500>
            +0 > . 1:1(0) ack 101 <nop,nop,TS val 600 ecr 300>
            +0 < . 101:101(0) ack 1 win 257 <nop,nop,TS val 300 ecr 600>
            """,
            stack => stack.Reply("> . 1:1(0) ack 101 <nop,nop,TS val 7100 ecr 300>")));
        var (acknowledgment, last) = (Stack!.Injected[1], Stack.Injected[^1]);
        var tcp = Assert.IsType<TcpFields>(acknowledgment.Packet.Transport);
        Assert.Equal(FakeStack.InitialSequence + 1, tcp.Acknowledgment);
        Assert.Equal(new TimestampsField(200, 7000), tcp.Options![^1]);
        Assert.Equal(new TimestampsField(300, 7100), Assert.IsType<TcpFields>(last.Packet.Transport).Options![^1]);
        Assert.Equal((FakeStack.FirstRemotePort, 8080), ((ushort)last.Source.Port, last.Destination.Port));
    }

    [Fact]
    public void Sack_blocks_count_from_the_initial_sequence_number_both_ways()
    {
        Assert.Equal("ok", RunConnected(
            """
            +0 < . 1001:2001(1000) ack 1 win 257 <nop,nop,sack 1:11>
            +0 > . 1:1(0) ack 1 <nop,nop,sack 1001:2001>
            """,
            stack => stack.Reply("> . 1:1(0) ack 1 <nop,nop,sack 1001:2001>")));
        var sack = Assert.IsType<SackField>(Assert.IsType<TcpFields>(Stack!.Injected[^1].Packet.Transport).Options![^1]);
        Assert.Equal([new(FakeStack.InitialSequence + 1, FakeStack.InitialSequence + 11)], sack.Ranges);
    }

    [Theory]
    [InlineData("> . 1:1(0) ack 1001", "> . 1:1(0) ack 2001 win 65535")]
    [InlineData("> . 1:1(0) ack 1", "> P. 1:1(0) ack 1 win 0")]
    [InlineData("> . 1:1(0) ack 1", "> . 2:2(0) ack 1 win 0")]
    [InlineData("> . 1:2(1) ack 1", "> . 1:1(0) ack 1 win 0")]
    [InlineData("> . 1:1(0) ack 1 win 5", "> . 1:1(0) ack 1 win 6")]
    [InlineData("> . 1:1(0) ack 1", "> . 1:1(0) ack 1 win 0 <nop,nop,sack 1:2>")]
    [InlineData("> . 1:1(0) ack 1 <nop,nop,sack 1:2>", "> . 1:1(0) ack 1 win 0 <nop,nop,sack 1:3>")]
    [InlineData("> . 1:1(0) ack 1 <sack 1:2,nop,nop>", "> . 1:1(0) ack 1 win 0 <nop,nop,sack 1:2>")]
    [InlineData("> [ect0] . 1:1(0) ack 1", "> [ce] . 1:1(0) ack 1 win 0")]
    [InlineData("> [ect01] . 1:1(0) ack 1", "> [noecn] . 1:1(0) ack 1 win 0")]
    [InlineData("> [ttl 64] . 1:1(0) ack 1", "> [ttl 63] . 1:1(0) ack 1 win 0")]
    [InlineData("> [tos 0x2] . 1:1(0) ack 1", "> [tos 0x1] . 1:1(0) ack 1 win 0")]
    public void Every_field_that_is_written_is_compared(string expected, string sent) =>
        Assert.Equal($"Failed: line 8: expected {expected}, got {sent}", RunConnected($"+0 {expected}", stack => stack.SendAt(0.1, sent)));

    [Theory]
    [InlineData("> . 1:1(0) ack 1", "> . 1:1(0) ack 1 win 65535")]
    [InlineData("> . 1:1(0) ack 1 <...>", "> . 1:1(0) ack 1 <nop,nop,sack 1:2>")]
    [InlineData("> . 1:1(0) ack 1", "> [ce] . 1:1(0) ack 1")]
    [InlineData("> [ect01] . 1:1(0) ack 1", "> [ect1] . 1:1(0) ack 1")]
    [InlineData("> . 1:1(0) ack 1 <nop,nop,TS val 1 ecr 2>", "> . 1:1(0) ack 1 <nop,nop,TS val 99 ecr 2>")]
    public void What_is_not_written_may_be_anything(string expected, string sent) =>
        Assert.Equal("ok", RunConnected($"+0 {expected}", stack => stack.SendAt(0.1, sent)));

    [Theory]
    [InlineData(7040, "ok")]
    [InlineData(7045, "Failed: line 9: expected > . 1:1(0) ack 1 <nop,nop,TS val 540 ecr 100>, got > . 1:1(0) ack 1 win 0 <nop,nop,TS val 545 ecr 100>")]
    public void Timestamps_are_compared_where_their_tick_is_known(uint sent, string expected) =>
        Assert.Equal(expected, Run(
            string.Join('\n', ["--tcp_ts_tick_usecs=1000", .. Handshake, "+0 > . 1:1(0) ack 1 <nop,nop,TS val 540 ecr 100>"]),
            stack =>
            {
                stack.Reply("> S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 7000 ecr 100>");
                stack.SendAt(0.1, $"> . 1:1(0) ack 1 <nop,nop,TS val {sent} ecr 100>");
            }));

    [Fact]
    public void Echoes_of_timestamps_count_only_when_strict()
    {
        string RunWith(bool isStrict) => RunConnected(
            "+0 > . 1:1(0) ack 1 <nop,nop,TS val 500 ecr 2>", stack => stack.SendAt(0.1, "> . 1:1(0) ack 1 <nop,nop,TS val 7000 ecr 3>"), isStrict);
        Assert.Equal("ok", RunWith(isStrict: false));
        Assert.EndsWith("got > . 1:1(0) ack 1 win 0 <nop,nop,TS val 500 ecr 3>", RunWith(isStrict: true), StringComparison.Ordinal);
    }

    [Fact]
    public void An_echo_of_what_was_never_sent_is_the_scripts_error() =>
        Assert.Equal(
            "Failed: line 8: no packet with TS val 501 was seen that could be echoed",
            RunConnected("+0 < . 1:1(0) ack 1 win 257 <nop,nop,TS val 200 ecr 501>"));

    [Fact]
    public void Segments_that_follow_one_another_make_up_a_longer_one() =>
        Assert.Equal("ok", RunConnected(
            "+0 > P. 1:2501(2500) ack 1",
            stack => stack.SendAt(0.1, "> . 1:1001(1000) ack 1", "> . 1001:2001(1000) ack 1", "> P. 2001:2501(500) ack 1")));

    [Fact]
    public void Strict_segments_are_one_packet_each() =>
        Assert.StartsWith("Failed: line 9: expected > P. 1:2001(2000) ack 1, got > . 1:1001(1000)", Run(
            string.Join('\n', ["--strict_segments", .. Handshake, "+0 > P. 1:2001(2000) ack 1"]),
            stack =>
            {
                stack.Reply("> S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 7000 ecr 100>");
                stack.SendAt(0.1, "> . 1:1001(1000) ack 1", "> P. 1001:2001(1000) ack 1");
            }), StringComparison.Ordinal);

    [Fact]
    public void A_packet_out_of_turn_fails() =>
        Assert.Equal(
            "Failed: line 8: expected > . 1:1(0) ack 101, got > P. 1:11(10) ack 1 win 0",
            RunConnected("+0 > . 1:1(0) ack 101", stack => stack.SendAt(0.1, "> P. 1:11(10) ack 1", "> . 1:1(0) ack 101")));

    [Fact]
    public void A_packet_that_nothing_expects_fails_a_strict_run_only()
    {
        Assert.Equal(
            "Failed: line 7: expected nothing more, got > . 1:1(0) ack 101 win 0 at 0.1 s",
            RunConnected("", stack => stack.SendAt(0.1, "> . 1:1(0) ack 101")));
        Assert.Equal("ok", RunConnected("", stack => stack.SendAt(0.1, "> . 1:1(0) ack 101"), isStrict: false));
    }

    [Fact]
    public void Packets_to_others_are_nobodys_business() =>
        Assert.Equal("ok", RunConnected("+0 > . 1:1(0) ack 101", stack => stack.At(0.1, () =>
        {
            stack.Remote = new(stack.Remote.Address, 1);
            stack.Send("> R 0:0(0)");
            stack.Remote = new(stack.Remote.Address, FakeStack.FirstRemotePort);
            stack.Send("> . 1:1(0) ack 101");
        })));

    [Fact]
    public void A_bad_checksum_fails() =>
        Assert.Equal("Failed: line 8: got a malformed TCP packet: BadChecksum", RunConnected("+.1 > . 1:1(0) ack 1", stack => stack.At(0.2, () =>
        {
            var packet = Broadside.PacketScripts.Running.PacketEncoder.Encode(
                (ScriptPacket)ScriptParser.Parse("0 > . 1:1(0) ack 1").Events[0].Action, stack.Local, stack.Remote);
            packet[^1] ^= 1;
            stack.SendBytes(packet);
        })));

    [Fact]
    public void Ports_that_are_written_tell_connections_apart() =>
        Assert.Equal("ok", Run(
            """
            0 < 1111>8080 S 0:0(0) win 1
            +0 < 2222>8080 S 0:0(0) win 1
            +0 > 8080>1111 S. 0:0(0) ack 1
            +0 > 8080>2222 S. 5:5(0) ack 1
            """,
            stack =>
            {
                stack.Reply();
                stack.Reply();
                stack.At(0, () =>
                {
                    stack.Remote = new(stack.Remote.Address, 1111);
                    stack.Send("> S. 0:0(0) ack 1");
                    stack.Remote = new(stack.Remote.Address, 2222);
                    stack.Send("> S. 77:77(0) ack 1");
                });
            }));

    [Fact]
    public void A_new_connection_of_the_same_endpoints_has_new_numbers() =>
        Assert.Equal("ok", RunConnected(
            """
            +0 < S 70000:70000(0) win 5 <mss 1000>
            +0 > S. 0:0(0) ack 70001 <mss 1460>
            +0 < . 70001:70001(0) ack 1 win 5
            +0 > . 1:1(0) ack 70001
            """,
            stack =>
            {
                stack.Reply("> S. 5000:5000(0) ack 70001 <mss 1460>");
                stack.Reply("> . 5001:5001(0) ack 70001");
            }));

    [Fact]
    public void A_connecting_sockets_port_is_learnt() =>
        Assert.Equal("ok", Run(
            """
            0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
            +0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
            +0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
            +0 > S 0:0(0) <mss 1460>
            +0 connect(3, ..., ...) = -1 EALREADY (Operation already in progress)
            +.1 < S. 900:900(0) ack 1 win 5 <mss 1000>
            +0 > . 1:1(0) ack 901
            """,
            stack =>
            {
                (stack.Local, stack.Remote) = (new(stack.Local.Address, 5555), new(stack.Remote.Address, 8080));
                stack.FakeSockets.Answer("connect", Broadside.PacketScripts.Sockets.Errno.EINPROGRESS, Broadside.PacketScripts.Sockets.Errno.EALREADY);
                stack.SendAt(0, "> S 0:0(0) <mss 1460>");
                stack.Reply("> . 1:1(0) ack 901");
            }));

    [Theory]
    [InlineData("--ip_version=ipv6\n", "2001:db8::1", "fd3d:fa7b:d17d::1")]
    [InlineData("--local_ip=10.0.0.1\n--remote_ip=10.0.0.2\n", "10.0.0.2", "10.0.0.1")]
    public void Addresses_are_the_options(string options, string source, string destination)
    {
        Assert.Equal("ok", Run(options + "0 < [ce] S 0:0(0) win 1"));
        var injected = Assert.Single(Stack!.Injected);
        Assert.Equal((source, destination), (injected.Source.Address.ToString(), injected.Destination.Address.ToString()));
        Assert.Equal(EcnExpectation.CongestionExperienced, injected.Packet.Network.Ecn);
    }

    [Theory]
    [InlineData("", "unreachable frag_needed mtu 1400 [1:1001(1000)]")]
    [InlineData("--ip_version=ipv6\n", "packet_too_big mtu 1280 [1:1001(1000)]")]
    [InlineData("", "unreachable port_unreachable [udp (100)]")]
    [InlineData("", "echo_request id 7")]
    public void Icmp_messages_are_injected(string options, string message)
    {
        Assert.Equal("ok", Run($"{options}0 < icmp {message}"));
        var fields = Assert.IsType<IcmpFields>(Assert.Single(Stack!.Injected).Packet.Transport);
        Assert.StartsWith($"< icmp {message.Split('[')[0].Trim()}", ScriptPrinter.Print(new ScriptPacket(false, new(), fields)), StringComparison.Ordinal);
    }
}
