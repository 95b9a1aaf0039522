using Broadside.Relay;

namespace Broadside.Servers.Tests.Relay;

/// <summary>A subscriber that does not read, under each policy; another reads everything all the while.</summary>
public sealed class SlowMemberTests
{
    private const int MessageLength = 32 * 1024;

    // Several times what the kernel and the limit of lag can hold.
    private const int Messages = 600;

    private static readonly RelayOptions Options = new() { MaximumRecord = 64 * 1024, MaximumLag = 1 << 20 };

    [Fact]
    public async Task Who_lags_too_far_is_disconnected()
    {
        await using var relay = await RunningRelay.StartAsync(Options);
        using var stalled = Subscribe(relay, receiveBuffer: 4096);
        using var reading = Subscribe(relay);
        using var publisher = new RespClient(relay.EndPoint);
        for (var index = 0; index < Messages; index++)
        {
            publisher.Ask("PUBLISH", "a", Message(index));
            Assert.Equal($"message a {Message(index)}", reading.ReadMessage());
        }

        Assert.Equal(1, relay.Server.Statistics.SlowDisconnected);
        Assert.Equal(":1\\r\\n", publisher.Ask("PUBLISH", "a", "end"));
        Assert.Equal("message a end", reading.ReadMessage());
    }

    [Fact]
    public async Task The_oldest_messages_are_dropped()
    {
        await using var relay = await RunningRelay.StartAsync(Options with { SlowMembers = SlowMemberPolicy.DropOldest });
        using var stalled = Subscribe(relay, receiveBuffer: 4096);
        using var reading = Subscribe(relay);
        using var publisher = new RespClient(relay.EndPoint);
        for (var index = 0; index < Messages; index++)
        {
            Assert.Equal(":2\\r\\n", publisher.Ask("PUBLISH", "a", Message(index)));
            Assert.Equal($"message a {Message(index)}", reading.ReadMessage());
        }

        var received = new List<int>();
        do
        {
            var message = stalled.ReadMessage()!;
            received.Add(int.Parse(message["message a ".Length..].AsSpan(0, 8)));
            Assert.Equal($"message a {Message(received[^1])}", message);
        }
        while (received[^1] < Messages - 1);
        Assert.Equal(received.Order().Distinct(), received);
        Assert.Equal(Messages - received.Count, relay.Server.Statistics.Dropped);
        Assert.True(relay.Server.Statistics.Dropped > 0);
        Assert.Equal(0, received[0]);
        stalled.Dispose();
        Eventually.True(() => relay.Server.Statistics.Connections == 2);
    }

    [Fact]
    public async Task The_publisher_waits_and_nothing_is_lost()
    {
        await using var relay = await RunningRelay.StartAsync(
            Options with { SlowMembers = SlowMemberPolicy.Wait, WaitTimeout = TimeSpan.FromSeconds(60) });
        using var stalled = Subscribe(relay, receiveBuffer: 4096);
        using var pattern = new RespClient(relay.EndPoint);
        pattern.Ask("HELLO", "3");
        pattern.Ask("PSUBSCRIBE", "*");
        using var publisher = new RespClient(relay.EndPoint);
        var publishing = Task.Run(() =>
        {
            for (var index = 0; index < Messages; index++)
            {
                publisher.SendBytes(RespClient.Encode("PUBLISH", "a", Message(index)));
            }
        });
        var matching = Task.Run(() =>
        {
            for (var index = 0; index < Messages; index++)
            {
                Assert.Equal($"pmessage * a {Message(index)}", pattern.ReadMessage());
            }
        });
        Eventually.True(() => relay.Server.Statistics.Waits > 0);
        using var other = new RespClient(relay.EndPoint);
        Assert.Equal("+PONG\\r\\n", other.Ask("PING"));
        Assert.False(publishing.IsCompleted);
        for (var index = 0; index < Messages; index++)
        {
            Assert.Equal($"message a {Message(index)}", stalled.ReadMessage());
        }

        await publishing;
        await matching;
        for (var index = 0; index < Messages; index++)
        {
            Assert.Equal(":2\\r\\n", publisher.Read());
        }

        Assert.Equal(0, relay.Server.Statistics.SlowDisconnected);
    }

    [Fact]
    public async Task Past_the_deadline_whoever_is_in_the_way_is_disconnected()
    {
        await using var relay = await RunningRelay.StartAsync(
            Options with { SlowMembers = SlowMemberPolicy.Wait, WaitTimeout = TimeSpan.FromMilliseconds(100) });
        using var stalled = Subscribe(relay, receiveBuffer: 4096);
        using var reading = Subscribe(relay);
        using var publisher = new RespClient(relay.EndPoint);
        for (var index = 0; index < Messages; index++)
        {
            publisher.Ask("PUBLISH", "a", Message(index));
            Assert.Equal($"message a {Message(index)}", reading.ReadMessage());
        }

        Assert.Equal(1, relay.Server.Statistics.SlowDisconnected);
        Assert.True(relay.Server.Statistics.Waits > 0);
        Assert.Equal(":1\\r\\n", publisher.Ask("PUBLISH", "a", "end"));
    }

    private static string Message(int index) => $"{index:D8}{new string('m', MessageLength - 8)}";

    private static RespClient Subscribe(RunningRelay relay, int receiveBuffer = 0)
    {
        var subscriber = new RespClient(relay.EndPoint, receiveBuffer);
        subscriber.Ask("SUBSCRIBE", "a");
        return subscriber;
    }
}
