using Broadside.PacketScripts.Sockets;

namespace Broadside.PacketScripts.Tests.Running;

public sealed class CallTests : RunnerTest
{
    [Theory]
    [InlineData("bind(3, ..., ...) = 0", "bind 100 192.168.0.1:8080")]
    [InlineData("bind(3, {sa_family=AF_INET, sin_port=htons(99), sin_addr=inet_addr(\"1.2.3.4\")}, 16) = 0", "bind 100 1.2.3.4:99")]
    [InlineData("listen(3, 5) = 0", "listen 100 5")]
    [InlineData("connect(3, ..., ...) = 0", "connect 100 192.0.2.1:8080")]
    [InlineData("write(3, ..., 100) = 100", "send 100 100")]
    [InlineData("send(3, ..., 100, MSG_MORE) = 100", "send 100 100 more")]
    [InlineData("sendto(3, ..., 100, 0, ..., ...) = 100", "send 100 100")]
    [InlineData("writev(3, [{..., 10}, {..., 20}], 2) = 30", "send 100 30")]
    [InlineData("sendmsg(3, {msg_name(...)=..., msg_iov(1)=[{..., 40}], msg_flags=0}, 0) = 40", "send 100 40")]
    [InlineData("read(3, ..., 100) = 100", "receive 100 100")]
    [InlineData("recv(3, ..., 100, MSG_DONTWAIT) = 100", "receive 100 100")]
    [InlineData("recvmsg(3, {msg_name(...)=..., msg_iov(1)=[{..., 40}], msg_flags=0}, 0) = 40", "receive 100 40")]
    [InlineData("readv(3, [{..., 10}, {..., 20}], 2) = 30", "receive 100 30")]
    [InlineData("shutdown(3, SHUT_WR) = 0", "shutdown 100 False True")]
    [InlineData("close(3) = 0", "close 100")]
    [InlineData("setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0", "set 100 ReuseAddress 1")]
    [InlineData("setsockopt(3, IPPROTO_TCP, TCP_NODELAY, [1], 4) = 0", "set 100 NoDelay 1")]
    [InlineData("setsockopt(3, SOL_TCP, TCP_CONGESTION, \"reno\", 4) = 0", "congestion 100 reno")]
    [InlineData("setsockopt(3, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0", "linger 100 0")]
    [InlineData("setsockopt(3, SOL_SOCKET, SO_LINGER, {onoff=0, linger=5}, 8) = 0", "linger 100 ")]
    [InlineData("getsockopt(3, SOL_TCP, TCP_NODELAY, [1], [4]) = 0", "get 100 NoDelay")]
    public void Calls_reach_the_sockets(string call, string asked)
    {
        Assert.Equal("ok", Run($"0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 {call}"));
        Assert.Contains(asked, Stack!.FakeSockets.Calls);
    }

    [Theory]
    [InlineData("fcntl(3, F_GETFL) = 0x2 (flags O_RDWR)")]
    [InlineData("ioctl(3, SIOCINQ, [30]) = 0")]
    [InlineData("ioctl(3, SIOCOUTQ, [20]) = 0")]
    [InlineData("ioctl(3, SIOCOUTQNSD, [10]) = 0")]
    [InlineData("getsockopt(3, SOL_SOCKET, SO_ERROR, [111], [4]) = 0")]
    [InlineData("read(9, ..., 1) = -1 EBADF (Bad file descriptor)")]
    [InlineData("poll([{fd=3, events=POLLIN, revents=POLLIN}], 1, 0) = 1")]
    [InlineData("read(3, ..., 1) = ...")]
    public void Calls_answer_what_is_expected(string call) =>
        Assert.Equal("ok", Run($"0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 {call}", stack =>
        {
            stack.FakeSockets.ReceiveQueue = 30;
            stack.FakeSockets.PendingError = Errno.ECONNREFUSED;
            stack.FakeSockets.Ready = PollEvents.In | PollEvents.Out;
        }));

    [Theory]
    [InlineData("read(3, ..., 10) = 20", "expected read(3, ..., 10) = 20, got 10")]
    [InlineData("read(3, ..., 10) = -1 EAGAIN (Try again)", "expected read(3, ..., 10) = -1 EAGAIN (Try again), got 10")]
    [InlineData("connect(3, ..., ...) = 0", "expected connect(3, ..., ...) = 0, got -1 ECONNREFUSED")]
    [InlineData("connect(3, ..., ...) = -1 ETIMEDOUT (Timed out)", "expected connect(3, ..., ...) = -1 ETIMEDOUT (Timed out), got -1 ECONNREFUSED")]
    [InlineData("ioctl(3, SIOCINQ, [31]) = 0", "expected SIOCINQ to be 31, got 0")]
    [InlineData("poll([{fd=3, events=POLLIN, revents=POLLIN}], 1, 0) = 1", "expected revents In on descriptor 3, got None")]
    public void Another_answer_fails(string call, string message) =>
        Assert.Equal($"Failed: line 2: {message}", Run(
            $"0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 {call}",
            stack => stack.FakeSockets.Answer("connect", Errno.ECONNREFUSED)));

    [Theory]
    [InlineData("epoll_create(1) = 5")]
    [InlineData("setsockopt(3, SOL_TCP, TCP_FASTOPEN, [1], 4) = 0")]
    [InlineData("getsockopt(3, SOL_TCP, TCP_INFO, ..., ...) = 0")]
    [InlineData("sendto(3, ..., 100, MSG_FASTOPEN, ..., ...) = 100")]
    [InlineData("send(3, ..., 100, MSG_ZEROCOPY) = 100")]
    [InlineData("socket(..., SOCK_RAW, IPPROTO_TCP) = 4")]
    [InlineData("read(3, ..., NOTHING_KNOWN) = 4")]
    public void What_the_stack_has_not_is_skipped(string call) =>
        Assert.StartsWith("Skipped: ", Run($"0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 {call}"), StringComparison.Ordinal);

    [Fact]
    public void A_code_block_skips_the_script_before_it_runs() =>
        Assert.Equal("Skipped: line 2: a code block", Run("0 close(3) = 0\n+0 %{ assert True }%"));

    [Theory]
    [InlineData(0.25, "ok")]
    [InlineData(0.12, "Failed: line 8: expected read(4, ..., 1000) = 1000 to return at 0.25 s, got its return at 0.12 s")]
    [InlineData(0.3, "Failed: line 8: expected read(4, ..., 1000) = 1000 to return at 0.25 s, got its return at 0.3 s")]
    [InlineData(9, "Failed: line 8: expected read(4, ..., 1000) = 1000 by 0.25 s, got no return")]
    public void A_call_that_blocks_returns_in_virtual_time(double readableAt, string outcome) =>
        Assert.Equal(outcome, RunConnected("+.01...0.15 read(4, ..., 1000) = 1000\n+.5 close(4) = 0", stack =>
        {
            stack.FakeSockets.Answer("receive", Errno.EAGAIN);
            stack.At(readableAt, () => stack.FakeSockets.Answer("receive", new SocketResult(1000)));
        }));

    [Fact]
    public void A_call_that_blocks_unannounced_fails() =>
        Assert.Equal(
            "Failed: line 8: expected read(4, ..., 1000) = 1000, got no return: it blocks",
            RunConnected("+0 read(4, ..., 1000) = 1000", stack => stack.FakeSockets.Answer("receive", Errno.EAGAIN)));

    [Fact]
    public void A_non_blocking_socket_says_so() =>
        Assert.Equal("ok", RunConnected(
            "+0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0\n+0 read(4, ..., 9) = -1 EAGAIN (Resource temporarily unavailable)",
            stack => stack.FakeSockets.Answer("receive", Errno.EAGAIN)));

    [Fact]
    public void A_blocking_write_goes_on_until_all_is_taken() =>
        Assert.Equal("ok", RunConnected("+0...0.2 write(4, ..., 100) = 100\n+.2 close(4) = 0", stack =>
        {
            stack.FakeSockets.Answer("send", new(60), Errno.EAGAIN);
            stack.At(0.3, () => stack.FakeSockets.Answer("send", new SocketResult(40)));
        }));

    [Fact]
    public void A_non_blocking_write_takes_what_there_is_room_for() =>
        Assert.Equal("ok", RunConnected(
            "+0 send(4, ..., 100, MSG_DONTWAIT) = 60\n+0 send(4, ..., 100, MSG_DONTWAIT) = -1 EAGAIN (Try again)",
            stack => stack.FakeSockets.Answer("send", new(60), Errno.EAGAIN)));

    [Fact]
    public void A_blocking_connect_ends_when_the_socket_is_ready() =>
        Assert.Equal("ok", Run("0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0...0.3 connect(3, ..., ...) = -1 ECONNREFUSED (Connection refused)", stack =>
        {
            stack.FakeSockets.Answer("connect", Errno.EINPROGRESS);
            stack.At(0.3, () => (stack.FakeSockets.Ready, stack.FakeSockets.PendingError) = (PollEvents.Out | PollEvents.Error, Errno.ECONNREFUSED));
        }));

    [Theory]
    [InlineData(0.05, "+0...0.05 poll([{fd=4, events=POLLIN, revents=POLLIN}], 1, 200) = 1")]
    [InlineData(9, "+0...0.2 poll([{fd=4, events=POLLIN, revents=0}], 1, 200) = 0")]
    public void Poll_waits_for_events_or_time(double readyAfter, string call) =>
        Assert.Equal("ok", RunConnected($"{call}\n+.5 close(4) = 0", stack => stack.At(0.1 + readyAfter, () => stack.FakeSockets.Ready = PollEvents.In)));

    [Fact]
    public void Poll_compares_what_it_reports() =>
        Assert.Equal(
            "Failed: line 8: expected revents In on descriptor 4, got In, HangUp",
            RunConnected("+0 poll([{fd=4, events=POLLIN, revents=POLLIN}], 1, 0) = 1", stack => stack.FakeSockets.Ready = PollEvents.In | PollEvents.HangUp));

    [Fact]
    public void Descriptors_have_the_scripts_numbers()
    {
        Assert.Equal("ok", Run("0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 7\n+0 accept(7, ..., ...) = 70\n+0 read(70, ..., 5) = 5"));
        Assert.Contains("receive 101 5", Stack!.FakeSockets.Calls);
        Assert.Equal(["close 100", "close 101"], Stack.FakeSockets.Calls.Where(call => call.StartsWith("close", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public void What_a_failed_script_opened_is_closed()
    {
        Assert.StartsWith("Failed", Run("0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 7\n+0 listen(7, 1) = 5"), StringComparison.Ordinal);
        Assert.Contains("close 100", Stack!.FakeSockets.Calls);
    }

    [Fact]
    public void Datagrams_go_to_the_peer_that_the_options_name()
    {
        Assert.Equal("ok", Run(
            """
            0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3
            +0 sendto(3, ..., 100, 0, ..., ...) = 100
            +0 > udp (100)
            +0 < udp (50)
            """,
            stack =>
            {
                (stack.Local, stack.Remote) = (new(stack.Local.Address, 5555), new(stack.Remote.Address, 8080));
                stack.SendAt(0, "> udp (100)");
            }));
        Assert.Contains("sendto 100 100 192.0.2.1:8080", Stack!.FakeSockets.Calls);
        Assert.Equal((8080, 5555), (Stack.Injected[0].Source.Port, Stack.Injected[0].Destination.Port));
    }
}
