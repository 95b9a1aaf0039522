using System.Diagnostics;
using System.Text;
using Broadside.Relay;

namespace Broadside.Servers.Tests.Relay;

/// <summary>What PUBLISH promises, and what its options do to messages that are still pending.</summary>
public sealed class PublishTests
{
    // More than the kernel keeps for a connection whose peer does not read: what comes after it is pending.
    private const int FillerMessages = 256;
    private static readonly string Filler = new('f', 64 * 1024);

    [Fact]
    public async Task Messages_of_one_publisher_arrive_in_order_in_both_versions()
    {
        await using var relay = await RunningRelay.StartAsync();
        using var resp2 = Subscribe(relay, "a");
        using var resp3 = new RespClient(relay.EndPoint);
        resp3.Ask("HELLO", "3");
        Assert.Equal(">3\\r\\n$9\\r\\nsubscribe\\r\\n$1\\r\\na\\r\\n:1\\r\\n", resp3.Ask("SUBSCRIBE", "a"));
        using var publisher = new RespClient(relay.EndPoint);
        const int messages = 5000;
        publisher.SendBytes(Enumerable.Range(0, messages).SelectMany(index => RespClient.Encode("PUBLISH", "a", $"{index}")).ToArray());
        for (var index = 0; index < messages; index++)
        {
            Assert.Equal(":2\\r\\n", publisher.Read());
            Assert.Equal($"message a {index}", resp2.ReadMessage());
            Assert.Equal($"message a {index}", resp3.ReadMessage());
        }
    }

    [Fact]
    public async Task Publishers_are_heard_in_one_order_by_all()
    {
        await using var relay = await RunningRelay.StartAsync();
        using var first = Subscribe(relay, "a");
        using var second = new RespClient(relay.EndPoint);
        second.Ask("HELLO", "3");
        second.Ask("SUBSCRIBE", "a");
        const int messages = 1000;
        var publishers = Enumerable.Range(0, 4).Select(_ => new RespClient(relay.EndPoint)).ToList();
        foreach (var (number, publisher) in publishers.Index())
        {
            publisher.SendBytes(Enumerable.Range(0, messages).SelectMany(index => RespClient.Encode("PUBLISH", "a", $"{number} {index}")).ToArray());
        }

        for (var index = 0; index < messages * publishers.Count; index++)
        {
            Assert.Equal(first.ReadMessage(), second.ReadMessage());
        }

        publishers.ForEach(publisher => publisher.Dispose());
    }

    [Theory]
    [InlineData(4_000)]
    [InlineData(5_000)]
    [InlineData(3_000_000)]
    [InlineData(7_000_000)]
    public async Task A_message_of_any_size_arrives_whole(int length)
    {
        await using var relay = await RunningRelay.StartAsync();
        using var subscriber = Subscribe(relay, "a");
        using var pattern = new RespClient(relay.EndPoint);
        pattern.Ask("HELLO", "3");
        pattern.Ask("PSUBSCRIBE", "[a-c]");
        using var publisher = new RespClient(relay.EndPoint);
        var message = string.Create(length, 0, static (text, _) =>
        {
            for (var index = 0; index < text.Length; index++)
            {
                text[index] = (char)('a' + (index % 26));
            }
        });
        var received = Task.Run(() => (subscriber.ReadMessage(), pattern.ReadMessage()));
        Assert.Equal(":2\\r\\n", publisher.Ask("PUBLISH", "a", message));
        var (plain, matched) = await received;
        Assert.True(plain == $"message a {message}");
        Assert.True(matched == $"pmessage [a-c] a {message}");
    }

    [Theory]
    [InlineData(1_000_000, false)]
    [InlineData(10_000, false)]
    [InlineData(10_000, true)]
    public async Task A_large_message_is_held_once_however_it_came_and_for_all_who_wait_for_it(int length, bool isInline)
    {
        await using var relay = await RunningRelay.StartAsync(new RelayOptions { MaximumLag = 64 << 20 });
        using var stalled = Subscribe(relay, "a");
        using var pattern = new RespClient(relay.EndPoint);
        pattern.Ask("PSUBSCRIBE", "*");
        using var publisher = new RespClient(relay.EndPoint);
        var message = new string('m', length);
        var count = 20_000_000 / length;
        var before = relay.Engine.Arena.AllocatedBytes;
        for (var index = 0; index < count; index++)
        {
            var command = isInline ? Encoding.ASCII.GetBytes($"publish a {message}\r\n") : RespClient.Encode("PUBLISH", "a", message);
            publisher.SendBytes(command);
            Assert.Equal(":2\\r\\n", publisher.Read());
        }

        // Twice 20 MB in flight, far more than the kernel holds; page rounding and receive buffers are in it.
        Assert.InRange(relay.Engine.Arena.AllocatedBytes - before, 5_000_000, 27_000_000);
        for (var index = 0; index < count; index++)
        {
            Assert.True(stalled.ReadMessage() == $"message a {message}");
            Assert.True(pattern.ReadMessage() == $"pmessage * a {message}");
        }
    }

    [Fact]
    public async Task An_urgent_message_overtakes_those_pending()
    {
        await using var relay = await RunningRelay.StartAsync();
        using var subscriber = Stalled(relay, "a");
        using var publisher = new RespClient(relay.EndPoint);
        Fill(publisher, "a");
        publisher.Ask("PUBLISH", "a", "bulk", "PRIORITY", "7");
        publisher.Ask("PUBLISH", "a", "normal");
        publisher.Ask("PUBLISH", "a", "urgent", "PRIORITY", "0");
        publisher.Ask("PUBLISH", "a", "end", "PRIORITY", "7");
        Assert.Equal(["urgent", "normal", "bulk"], ReadUntil(subscriber, "end"));
    }

    [Fact]
    public async Task A_stale_message_is_not_delivered()
    {
        await using var relay = await RunningRelay.StartAsync();
        using var subscriber = Stalled(relay, "a");
        using var publisher = new RespClient(relay.EndPoint);
        Fill(publisher, "a");
        Assert.Equal(":1\\r\\n", publisher.Ask("PUBLISH", "a", "stale", "EXPIRE", "1"));
        Assert.Equal(":1\\r\\n", publisher.Ask("PUBLISH", "a", "fresh", "EXPIRE", "600000"));
        for (var clock = Stopwatch.StartNew(); clock.ElapsedMilliseconds < 5;)
        {
            publisher.Ask("PING");
        }

        publisher.Ask("PUBLISH", "a", "end");
        Assert.Equal(["fresh"], ReadUntil(subscriber, "end"));
    }

    [Fact]
    public async Task A_key_supersedes_what_is_pending_on_its_channel_only()
    {
        await using var relay = await RunningRelay.StartAsync();
        using var subscriber = Stalled(relay, "*", pattern: true);
        using var publisher = new RespClient(relay.EndPoint);
        Fill(publisher, "a");
        publisher.Ask("PUBLISH", "a", "a1", "KEY", "k");
        publisher.Ask("PUBLISH", "b", "b1", "KEY", "k");
        publisher.Ask("PUBLISH", "a", "other", "KEY", "l");
        publisher.Ask("PUBLISH", "a", "a2", "KEY", "k");
        publisher.Ask("PUBLISH", "a", "end");
        Assert.Equal(["b1", "other", "a2"], ReadUntil(subscriber, "end"));
    }

    [Fact]
    public async Task What_is_unpublished_reaches_only_those_who_had_it_already()
    {
        await using var relay = await RunningRelay.StartAsync();
        using var stalled = Stalled(relay, "a");
        using var pattern = Stalled(relay, "?", pattern: true);
        using var publisher = new RespClient(relay.EndPoint);
        Fill(publisher, "a", receivers: 2);
        using var reading = Subscribe(relay, "a");
        Assert.Equal(":3\\r\\n", publisher.Ask("PUBLISH", "a", "wrong", "ID", "x"));
        Assert.Equal("message a wrong", reading.ReadMessage());
        Assert.Equal(":0\\r\\n", publisher.Ask("UNPUBLISH", "b", "x"));
        Assert.Equal(":2\\r\\n", publisher.Ask("UNPUBLISH", "a", "x"));
        Assert.Equal(":0\\r\\n", publisher.Ask("UNPUBLISH", "a", "x"));
        Assert.Equal(2, relay.Server.Statistics.Withdrawn);
        publisher.Ask("PUBLISH", "a", "end");
        Assert.Empty(ReadUntil(stalled, "end"));
        Assert.Empty(ReadUntil(pattern, "end"));
        Assert.Equal("message a end", reading.ReadMessage());
    }

    [Fact]
    public async Task The_newest_ids_are_remembered_and_one_used_again_names_the_new_message()
    {
        await using var relay = await RunningRelay.StartAsync();
        using var subscriber = Stalled(relay, "a");
        using var publisher = new RespClient(relay.EndPoint);
        Fill(publisher, "a");
        for (var index = 0; index <= RelayLimits.MaximumIds; index++)
        {
            publisher.Ask("PUBLISH", "a", $"m{index}", "ID", $"{index}");
        }

        Assert.Equal(":0\\r\\n", publisher.Ask("UNPUBLISH", "a", "0"));
        publisher.Ask("PUBLISH", "a", "again", "ID", "1");
        for (var index = 1; index <= RelayLimits.MaximumIds; index++)
        {
            Assert.Equal(":1\\r\\n", publisher.Ask("UNPUBLISH", "a", $"{index}"));
        }

        publisher.Ask("PUBLISH", "a", "end");
        Assert.Equal(["m0", "m1"], ReadUntil(subscriber, "end"));
    }

    private static RespClient Subscribe(RunningRelay relay, string channel)
    {
        var subscriber = new RespClient(relay.EndPoint);
        subscriber.Ask("SUBSCRIBE", channel);
        return subscriber;
    }

    private static RespClient Stalled(RunningRelay relay, string name, bool pattern = false)
    {
        var subscriber = new RespClient(relay.EndPoint, receiveBuffer: 4096);
        subscriber.Ask(pattern ? "PSUBSCRIBE" : "SUBSCRIBE", name);
        return subscriber;
    }

    private static void Fill(RespClient publisher, string channel, int receivers = 1)
    {
        for (var count = 0; count < FillerMessages; count++)
        {
            Assert.Equal($":{receivers}\\r\\n", publisher.Ask("PUBLISH", channel, Filler));
        }
    }

    /// <summary>The messages that are not filler, up to <paramref name="end"/>.</summary>
    private static List<string> ReadUntil(RespClient subscriber, string end)
    {
        var messages = new List<string>();
        while (subscriber.ReadMessage()?.Split(' ')[^1] is { } message && message != end)
        {
            if (message.Length != Filler.Length)
            {
                messages.Add(message);
            }
        }

        return messages;
    }
}
