namespace Broadside.Servers.Tests.Relay;

/// <summary>Joining, leaving and changing versions while messages are published.</summary>
public sealed class SubscriptionTests
{
    [Fact]
    public async Task No_message_comes_before_the_confirmation_however_urgent()
    {
        await using var relay = await RunningRelay.StartAsync();
        using var stop = new CancellationTokenSource();
        using var publisher = new RespClient(relay.EndPoint);
        var publishing = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                publisher.Ask("PUBLISH", "a", "urgent", "PRIORITY", "0");
            }
        });
        for (var round = 0; round < 300; round++)
        {
            using var subscriber = new RespClient(relay.EndPoint);
            subscriber.SendBytes([.. RespClient.Encode("PING"), .. RespClient.Encode("SUBSCRIBE", "b", "a")]);
            Assert.Equal("+PONG\\r\\n", subscriber.Read());
            Assert.Equal("*3\\r\\n$9\\r\\nsubscribe\\r\\n$1\\r\\nb\\r\\n:1\\r\\n", subscriber.Read());
            Assert.Equal("*3\\r\\n$9\\r\\nsubscribe\\r\\n$1\\r\\na\\r\\n:2\\r\\n", subscriber.Read());
            Assert.Equal("message a urgent", subscriber.ReadMessage());
        }

        await stop.CancelAsync();
        await publishing;
    }

    [Fact]
    public async Task What_is_published_after_the_confirmation_arrives_and_before_that_of_leaving_too()
    {
        await using var relay = await RunningRelay.StartAsync();
        using var subscriber = new RespClient(relay.EndPoint);
        using var publisher = new RespClient(relay.EndPoint);
        for (var round = 0; round < 300; round++)
        {
            subscriber.Ask("SUBSCRIBE", "a");
            Assert.Equal(":1\\r\\n", publisher.Ask("PUBLISH", "a", $"{round}", "PRIORITY", $"{round % 8}"));
            subscriber.Send("UNSUBSCRIBE", "a");
            Assert.Equal($"message a {round}", subscriber.ReadMessage());
            Assert.Equal("*3\\r\\n$11\\r\\nunsubscribe\\r\\n$1\\r\\na\\r\\n:0\\r\\n", subscriber.Read());
            Assert.Equal(":0\\r\\n", publisher.Ask("PUBLISH", "a", "nobody"));
        }
    }

    [Theory]
    [InlineData("UNSUBSCRIBE")]
    [InlineData("RESET")]
    public async Task Leaving_waits_for_what_is_pending_and_later_commands_wait_for_it(string leave)
    {
        await using var relay = await RunningRelay.StartAsync();
        using var subscriber = new RespClient(relay.EndPoint, receiveBuffer: 4096);
        using var publisher = new RespClient(relay.EndPoint);
        subscriber.Ask("SUBSCRIBE", "a");
        const int messages = 200;
        var message = new string('m', 64 * 1024);
        for (var index = 0; index < messages; index++)
        {
            publisher.Ask("PUBLISH", "a", message, "PRIORITY", "7");
        }

        subscriber.SendBytes([.. RespClient.Encode(leave), .. RespClient.Encode("PING", "after")]);
        subscriber.EndSending();
        Eventually.True(() => publisher.Ask("PUBSUB", "NUMSUB", "a").EndsWith(":0\\r\\n", StringComparison.Ordinal));
        for (var index = 0; index < messages; index++)
        {
            Assert.StartsWith("message a m", subscriber.ReadMessage());
        }

        Assert.Equal(leave == "RESET" ? "+RESET\\r\\n" : "*3\\r\\n$11\\r\\nunsubscribe\\r\\n$1\\r\\na\\r\\n:0\\r\\n", subscriber.Read());
        Assert.Equal("$5\\r\\nafter\\r\\n", subscriber.Read());
        Assert.Null(subscriber.ReadBytes());
    }

    [Fact]
    public async Task A_channel_ends_with_its_last_subscriber_however_that_leaves()
    {
        await using var relay = await RunningRelay.StartAsync();
        foreach (var leave in new Action<RespClient>[] { client => client.Ask("UNSUBSCRIBE"), client => client.Ask("RESET"), client => client.Reset(), client => client.EndSending() })
        {
            using var subscriber = new RespClient(relay.EndPoint);
            subscriber.Ask("HELLO", "3");
            subscriber.Ask("SUBSCRIBE", "a");
            subscriber.Ask("PSUBSCRIBE", "b*");
            Assert.Equal((1, 1), (relay.Server.Statistics.Channels, relay.Server.Statistics.Patterns));
            leave(subscriber);
            subscriber.Dispose();
            Eventually.True(() => relay.Server.Statistics is { Channels: 0, Patterns: 0 });
        }
    }

    [Fact]
    public async Task Nothing_is_lost_or_doubled_when_a_subscriber_changes_its_version()
    {
        await using var relay = await RunningRelay.StartAsync();
        using var subscriber = new RespClient(relay.EndPoint);
        using var publisher = new RespClient(relay.EndPoint);
        subscriber.Ask("HELLO", "3");
        subscriber.Ask("SUBSCRIBE", "a");
        const int messages = 2000;
        publisher.SendBytes(Enumerable.Range(0, messages).SelectMany(index => RespClient.Encode("PUBLISH", "a", $"{index}")).ToArray());
        subscriber.Send("HELLO", "2");
        var replied = false;
        for (var index = 0; index < messages || !replied;)
        {
            var value = subscriber.Read();
            replied |= value.StartsWith("*14", StringComparison.Ordinal);
            if (value[1] == '3')
            {
                Assert.Contains($"\\r\\n{index++}\\r\\n", value);
            }
        }

        publisher.Send("PUBLISH", "a", "last");
        Assert.Equal("message a last", subscriber.ReadMessage());
    }

    [Fact]
    public async Task Joins_leaves_and_messages_on_many_threads_leave_nothing_behind()
    {
        await using var relay = await RunningRelay.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(number => Task.Run(() => Churn(relay, number))));
        Eventually.True(() => relay.Server.Statistics is { Channels: 0, Patterns: 0, Connections: 0 });
    }

    private static void Churn(RunningRelay relay, int seed)
    {
        var random = new Random(seed);
        using var client = new RespClient(relay.EndPoint);
        client.Ask("HELLO", "3");
        for (var round = 0; round < 300; round++)
        {
            var name = $"{random.Next(3)}";
            string[] command = random.Next(5) switch
            {
                0 => ["SUBSCRIBE", name],
                1 => ["UNSUBSCRIBE", name],
                2 => ["PSUBSCRIBE", "[" + name + "]"],
                3 => ["PUNSUBSCRIBE", "[" + name + "]"],
                _ => ["PUBLISH", name, "m", "ID", "x"],
            };
            client.Send(command);
            for (var reply = client.Read(); reply.Contains("message", StringComparison.Ordinal); reply = client.Read())
            {
            }
        }
    }
}
