using System.Text;
using Broadside.Relay;

namespace Broadside.Servers.Tests.Relay;

/// <summary>Bad input and bad peers: whoever sends it is answered or closed, and the others notice nothing.</summary>
public sealed class FaultTests
{
    [Fact]
    public async Task Garbage_is_answered_and_its_sender_closed()
    {
        await using var relay = await RunningRelay.StartAsync();
        using var witness = new RespClient(relay.EndPoint);
        foreach (var seed in Enumerable.Range(0, 100))
        {
            var garbage = new byte[4096];
            new Random(seed).NextBytes(garbage);
            garbage[0] = seed % 2 == 0 ? (byte)'*' : garbage[0];
            using var connection = new RawConnection(relay.EndPoint);
            connection.Send(garbage);
            connection.EndSending();
            var answer = connection.ReceiveToEnd();
            Assert.True(answer.Length == 0 || answer[0] == '-', Encoding.Latin1.GetString(answer));
        }

        Assert.Equal("+PONG\\r\\n", witness.Ask("PING"));
        Eventually.True(() => relay.Server.Statistics.Connections == 1);
    }

    [Theory]
    [InlineData("*2\r\n$4\r\nECHO\r\n$600000000\r\n", "invalid bulk length")]
    [InlineData("*2\r\n$4\r\nECHO\r\n$9000000\r\n", "invalid bulk length")]
    [InlineData("*2000000\r\n", "invalid multibulk length")]
    [InlineData("*1\r\n:1\r\n", "expected '$', got ':'")]
    public async Task What_is_too_large_or_wrong_is_refused_after_the_replies_before_it(string command, string error)
    {
        await using var relay = await RunningRelay.StartAsync();
        using var client = new RespClient(relay.EndPoint);
        client.SendBytes([.. RespClient.Encode("PING"), .. Encoding.ASCII.GetBytes(command)]);
        Assert.Equal("+PONG\\r\\n", client.Read());
        Assert.StartsWith($"-ERR Protocol error: {error}", client.Read());
        Assert.Null(client.ReadBytes());
    }

    [Fact]
    public async Task A_line_without_end_is_refused()
    {
        await using var relay = await RunningRelay.StartAsync();
        using var client = new RespClient(relay.EndPoint);
        client.SendBytes(Encoding.ASCII.GetBytes(new string('x', 65 * 1024)));
        Assert.Equal("-ERR Protocol error: too big inline request\\r\\n", client.Read());
        Assert.Null(client.ReadBytes());
    }

    [Fact]
    public async Task What_is_announced_and_never_sent_costs_little()
    {
        await using var relay = await RunningRelay.StartAsync();
        var arena = relay.Engine.Arena;
        var huge = Enumerable.Range(0, 50).Select(_ => new RespClient(relay.EndPoint)).ToList();
        foreach (var client in huge)
        {
            client.SendBytes("*3\r\n$7\r\nPUBLISH\r\n$1\r\na\r\n$536870912\r\nbeginning"u8);
            Assert.StartsWith("-ERR Protocol error: invalid bulk length", client.Read());
        }

        Assert.True(arena.ReservedBytes < 16 << 20, $"{arena.ReservedBytes:N0} bytes reserved");
        var large = Enumerable.Range(0, 4).Select(_ => new RespClient(relay.EndPoint)).ToList();
        large.ForEach(client => client.SendBytes("*3\r\n$7\r\nPUBLISH\r\n$1\r\na\r\n$8000000\r\nbeginning"u8));
        using var other = new RespClient(relay.EndPoint);
        Assert.Equal("+PONG\\r\\n", other.Ask("PING"));
        Assert.True(arena.ReservedBytes < 32 << 20, $"{arena.ReservedBytes:N0} bytes reserved");
        huge.Concat(large).ToList().ForEach(client => client.Dispose());
        Eventually.True(() => relay.Server.Statistics.Connections == 1);
    }

    [Fact]
    public async Task A_command_that_comes_a_byte_at_a_time_is_executed_and_a_truncated_one_is_not()
    {
        await using var relay = await RunningRelay.StartAsync();
        using var subscriber = new RespClient(relay.EndPoint);
        subscriber.Ask("SUBSCRIBE", "a");
        using var slow = new RespClient(relay.EndPoint);
        foreach (var value in RespClient.Encode("PUBLISH", "a", "slowly"))
        {
            slow.SendBytes([value]);
        }

        Assert.Equal(":1\\r\\n", slow.Read());
        Assert.Equal("message a slowly", subscriber.ReadMessage());
        slow.SendBytes(RespClient.Encode("PUBLISH", "a", "truncated").AsSpan()[..^3]);
        slow.EndSending();
        Assert.Null(slow.ReadBytes());
        using var other = new RespClient(relay.EndPoint);
        Assert.Equal(":1\\r\\n", other.Ask("PUBLISH", "a", "next"));
        Assert.Equal("message a next", subscriber.ReadMessage());
    }

    [Fact]
    public async Task What_was_sent_before_a_half_close_is_answered()
    {
        await using var relay = await RunningRelay.StartAsync();
        using var client = new RespClient(relay.EndPoint);
        const int count = 20_000;
        client.SendBytes(Enumerable.Repeat(RespClient.Encode("PING"), count).SelectMany(bytes => bytes).ToArray());
        client.EndSending();
        for (var index = 0; index < count; index++)
        {
            Assert.Equal("+PONG\\r\\n", client.Read());
        }

        Assert.Null(client.ReadBytes());
    }

    [Fact]
    public async Task Peers_that_vanish_leave_nothing_behind()
    {
        await using var relay = await RunningRelay.StartAsync();
        using var publisher = new RespClient(relay.EndPoint);
        for (var round = 0; round < 50; round++)
        {
            var subscriber = new RespClient(relay.EndPoint);
            subscriber.Ask("SUBSCRIBE", "a");
            subscriber.SendBytes("*3\r\n$7\r\nPUBLI"u8);
            publisher.Send("PUBLISH", "a", new string('m', 10_000));
            subscriber.Reset();
            publisher.Read();
        }

        Eventually.True(() => relay.Server.Statistics is { Connections: 1, Channels: 0 });
    }

    [Fact]
    public async Task Who_never_reads_its_replies_is_closed_in_the_end_and_the_others_served()
    {
        await using var relay = await RunningRelay.StartAsync(new RelayOptions { MaximumRecord = 1 << 20 });
        using var client = new RespClient(relay.EndPoint, receiveBuffer: 4096);
        var echo = RespClient.Encode("ECHO", new string('e', 1_000_000));
        var flooding = Task.Run(() =>
        {
            try
            {
                while (true)
                {
                    client.SendBytes(echo);
                }
            }
            catch (System.Net.Sockets.SocketException)
            {
            }
        });
        using var other = new RespClient(relay.EndPoint);
        while (relay.Server.Statistics.Connections == 2 || !flooding.IsCompleted)
        {
            Assert.Equal("+PONG\\r\\n", other.Ask("PING"));
        }
    }

    [Fact]
    public async Task Publishing_beyond_the_memory_is_refused_and_all_else_goes_on()
    {
        var engine = new EngineOptions { Channels = 2, Arena = new ArenaOptions { MaximumBytes = 16 << 20 } };
        await using var relay = await RunningRelay.StartAsync(engineOptions: engine);
        using var stalled = new RespClient(relay.EndPoint, receiveBuffer: 4096);
        stalled.Ask("SUBSCRIBE", "a");
        using var publisher = new RespClient(relay.EndPoint);
        var message = new string('m', 100_000);
        var accepted = 0;
        while (publisher.Ask("PUBLISH", "a", message) is var reply && reply == ":1\\r\\n")
        {
            Assert.True(++accepted < 10_000);
        }

        const string outOfMemory = "-OOM command not allowed when used memory > 'maxmemory'.\\r\\n";
        Assert.Equal(outOfMemory, publisher.Ask("PUBLISH", "a", message));
        using var other = new RespClient(relay.EndPoint);
        Assert.StartsWith("*3", other.Ask("SUBSCRIBE", "b"));
        Assert.Equal(outOfMemory, publisher.Ask("PUBLISH", "b", message));
        for (var count = 0; count < accepted; count++)
        {
            Assert.Equal($"message a {message}", stalled.ReadMessage());
        }

        Eventually.True(() => publisher.Ask("PUBLISH", "b", "small") == ":1\\r\\n");
        Assert.Equal("message b small", other.ReadMessage());
        Assert.True(relay.Server.Statistics.Refused >= 2);
    }
}
