using System.Net.Sockets;

namespace Broadside.Cli.Tests;

/// <summary>The relay as people run it: a process, talked to by redis-cli, ended by signals.</summary>
public sealed class ServeTests
{
    [Theory]
    [InlineData("Terminate")]
    [InlineData("Interrupt")]
    public async Task A_signal_ends_it_with_success(string signal)
    {
        using var server = await TestServer.StartRelayAsync();
        server.Process.Send(Enum.Parse<ChildProcess.Signal>(signal));
        Assert.Equal(ExitCodes.Success, await server.Process.ExitAsync());
        Assert.Matches("backend (iouring|sockets), ", server.Process.Output);
        Assert.Contains("Engine stopped", server.Process.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sockets")]
    [InlineData("iouring")]
    public async Task The_backend_asked_for_serves(string backend)
    {
        Assert.SkipUnless(backend != "iouring" || IoUring.IoUringBackend.IsSupported(out _), "io_uring cannot be used here.");
        using var server = await TestServer.StartRelayAsync("--backend", backend);
        Assert.Equal("PONG", await server.RedisCliAsync("-2", "PING"));
        Assert.Contains($"backend {backend}, ", server.Process.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("copy")]
    [InlineData("zerocopy")]
    [InlineData("file")]
    public async Task Large_messages_arrive_however_they_are_sent(string strategy)
    {
        Assert.SkipUnless(IoUring.IoUringBackend.IsSupported(out _), "io_uring cannot be used here.");
        const int Length = 1024 * 1024;
        const int Messages = 20;
        using var server = await TestServer.StartRelayAsync("--large-records", strategy);
        using var subscriber = server.Tool("subscribe", "large", "--count", $"{Messages}");
        using var other = server.RedisCli("-3", "SUBSCRIBE", "large");
        await subscriber.LineAsync("subscribed to large");
        await other.LineAsync("subscribe");
        var letters = Enumerable.Range(0, Messages).Select(number => (char)('a' + number)).ToArray();
        foreach (var letter in letters)
        {
            using var file = new TemporaryFile(new string(letter, Length));
            using var publisher = server.Tool("publish", "large", "--file", file.Path);
            Assert.Equal(0, await publisher.ExitAsync());
        }

        await other.LineAsync(new string(letters[^1], Length));
        Assert.Equal(0, await subscriber.ExitAsync());
        Assert.Equal(letters.Select(letter => "large\t" + new string(letter, Length)), subscriber.Output.Split('\n'));
        server.Process.Send(ChildProcess.Signal.Terminate);
        Assert.Equal(ExitCodes.Success, await server.Process.ExitAsync());
    }

    [Theory]
    [InlineData("-2")]
    [InlineData("-3")]
    public async Task Redis_cli_publishes_and_subscribes(string protocol)
    {
        using var server = await TestServer.StartRelayAsync();
        Assert.Equal("PONG", await server.RedisCliAsync(protocol, "PING"));
        using var subscriber = server.RedisCli(protocol, "SUBSCRIBE", "news");
        await subscriber.LineAsync("subscribe");
        Assert.Equal("1", await server.RedisCliAsync(protocol, "PUBLISH", "news", "hello"));
        await subscriber.LineAsync("hello");
        server.Process.Send(ChildProcess.Signal.Terminate);
        Assert.Equal(ExitCodes.Success, await server.Process.ExitAsync());
    }

    [Fact]
    public async Task A_second_signal_does_not_wait_for_those_who_do_not_read()
    {
        using var server = await TestServer.StartRelayAsync("--drain-timeout", "1h");
        using var stalled = await StallAsync(server);
        server.Process.Send(ChildProcess.Signal.Terminate);
        await server.Process.LineAsync("draining");
        server.Process.Send(ChildProcess.Signal.Terminate);
        Assert.Equal(ExitCodes.Aborted, await server.Process.ExitAsync());
    }

    [Fact]
    public async Task The_drain_timeout_ends_the_wait()
    {
        using var server = await TestServer.StartRelayAsync("--drain-timeout", "100ms");
        using var stalled = await StallAsync(server);
        server.Process.Send(ChildProcess.Signal.Terminate);
        Assert.Equal(ExitCodes.Success, await server.Process.ExitAsync());
    }

    // A subscriber that does not read, with more published to it than the kernel takes.
    private static async Task<Socket> StallAsync(TestServer server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync("127.0.0.1", server.Port);
        await socket.SendAsync("SUBSCRIBE stalled\r\n"u8.ToArray());
        Assert.NotEqual(0, await socket.ReceiveAsync(new byte[1]));
        using var publisher = server.Tool("publish", "stalled", new string('x', 64 * 1024), "--count", "500");
        Assert.Equal(0, await publisher.ExitAsync());
        return socket;
    }
}
