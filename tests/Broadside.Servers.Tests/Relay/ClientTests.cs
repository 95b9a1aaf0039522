using System.Net;
using Broadside.Relay;
using Broadside.Sockets;

namespace Broadside.Servers.Tests.Relay;

/// <summary>What the relay knows and tells of its clients and itself, and whom it lets in.</summary>
public sealed class ClientTests
{
    [Fact]
    public async Task Clients_of_all_channels_are_listed()
    {
        await using var relay = await RunningRelay.StartAsync();
        var clients = Enumerable.Range(0, 8).Select(_ => new RespClient(relay.EndPoint)).ToList();
        foreach (var (number, client) in clients.Index())
        {
            client.Ask("CLIENT", "SETNAME", $"c{number}");
        }

        clients[1].Ask("SUBSCRIBE", "a");
        clients[2].Ask("HELLO", "3");
        clients[2].Ask("CLIENT", "SETINFO", "LIB-NAME", "lib");
        var list = clients[0].Ask("CLIENT", "LIST");
        Assert.Equal(clients.Count, list.Split("id=").Length - 1);
        Assert.All(Enumerable.Range(0, 8), number => Assert.Contains($" name=c{number} ", list));
        Assert.Contains(" cmd=client|list ", list);
        Assert.Contains("flags=P db=0 sub=1 psub=0", list);
        Assert.Contains("resp=3 lib-name=lib", list);
        var subscribers = clients[0].Ask("CLIENT", "LIST", "TYPE", "pubsub");
        Assert.Equal(2, subscribers.Split("id=").Length);
        Assert.Contains("name=c1 ", subscribers);
        Assert.Contains("name=c3 ", clients[3].Ask("CLIENT", "INFO"));
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task Clients_of_any_channel_are_killed_and_one_that_kills_itself_is_told_first()
    {
        await using var relay = await RunningRelay.StartAsync();
        using var client = new RespClient(relay.EndPoint);
        var victims = Enumerable.Range(0, 6).Select(_ => new RespClient(relay.EndPoint)).ToList();
        victims.ForEach(victim => victim.Ask("SUBSCRIBE", "a"));
        Assert.Equal(":6\\r\\n", client.Ask("CLIENT", "KILL", "TYPE", "pubsub"));
        Assert.All(victims, victim => Assert.Null(victim.ReadBytes()));
        Eventually.True(() => relay.Server.Statistics.Channels == 0);
        Assert.Equal(":0\\r\\n", client.Ask("PUBLISH", "a", "x"));
        var id = client.Ask("CLIENT", "ID").Trim(':', '\\', 'r', 'n');
        Assert.Equal(":0\\r\\n", client.Ask("CLIENT", "KILL", "ID", id));
        Assert.Equal(":1\\r\\n", client.Ask("CLIENT", "KILL", "ID", id, "SKIPME", "no"));
        Assert.Null(client.ReadBytes());
        victims.ForEach(victim => victim.Dispose());
    }

    [Fact]
    public async Task Information_is_of_what_happened()
    {
        await using var relay = await RunningRelay.StartAsync(new RelayOptions { MaximumConnections = 77 });
        using var subscriber = new RespClient(relay.EndPoint);
        subscriber.Ask("SUBSCRIBE", "a");
        using var client = new RespClient(relay.EndPoint);
        client.Ask("PUBLISH", "a", "x");
        client.Ask("PUBLISH", "b", "x");
        var all = client.Ask("INFO");
        foreach (var field in new[] { "connected_clients:2", "maxclients:77", "pubsub_channels:1", "pubsub_patterns:0", "total_connections_received:2",
            "broadside_published:2", "broadside_deliveries:1", $"tcp_port:{relay.EndPoint.Port}", "role:master" })
        {
            Assert.Contains($"\\n{field}\\r", all);
        }

        var memory = client.Ask("INFO", "memory");
        Assert.Contains("used_memory:", memory);
        Assert.DoesNotContain("pubsub_channels", memory);
        Assert.Equal("*2\\r\\n$10\\r\\nmaxclients\\r\\n$2\\r\\n77\\r\\n", client.Ask("CONFIG", "GET", "MAXCLIENTS"));
        Assert.Equal("*4\\r\\n$10\\r\\nappendonly\\r\\n$2\\r\\nno\\r\\n$4\\r\\nsave\\r\\n$0\\r\\n\\r\\n", client.Ask("CONFIG", "GET", "save", "append*"));
        Assert.Equal("*0\\r\\n", client.Ask("CONFIG", "GET", "requirepass"));
    }

    [Fact]
    public async Task Clients_beyond_the_limit_are_told_so_and_closed()
    {
        await using var relay = await RunningRelay.StartAsync(new RelayOptions { MaximumConnections = 2 });
        using var first = new RespClient(relay.EndPoint);
        var second = new RespClient(relay.EndPoint);
        first.Ask("PING");
        second.Ask("PING");
        using (var third = new RespClient(relay.EndPoint))
        {
            Assert.Equal("-ERR max number of clients reached\\r\\n", third.Read());
            Assert.Null(third.ReadBytes());
        }

        second.Dispose();
        Eventually.True(() => relay.Server.Statistics.Connections == 1);
        using var fourth = new RespClient(relay.EndPoint);
        Assert.Equal("+PONG\\r\\n", fourth.Ask("PING"));
        Assert.Equal(1, relay.Server.Statistics.ConnectionsRejected);
    }

    [Fact]
    public async Task Who_says_nothing_is_closed_but_subscribers_stay()
    {
        await using var relay = await RunningRelay.StartAsync(new RelayOptions { IdleTimeout = TimeSpan.FromMilliseconds(200) });
        using var subscriber = new RespClient(relay.EndPoint);
        subscriber.Ask("SUBSCRIBE", "a");
        using var idle = new RespClient(relay.EndPoint);
        idle.Ask("PING");
        Assert.Null(idle.ReadBytes());
        Assert.Equal("*2\\r\\n$4\\r\\npong\\r\\n$0\\r\\n\\r\\n", subscriber.Ask("PING"));
    }

    [Fact]
    public async Task Without_the_password_little_is_read()
    {
        await using var relay = await RunningRelay.StartAsync(new RelayOptions { Password = "secret" });
        Assert.Equal("-ERR Protocol error: unauthenticated multibulk length\\r\\n", AskOnce(relay, [.. Enumerable.Repeat("x", 11)]));
        Assert.Equal("-ERR Protocol error: unauthenticated bulk length\\r\\n", AskOnce(relay, "AUTH", new string('x', 16 * 1024 + 1)));
        Assert.Equal("-ERR Protocol error: invalid bulk length\\r\\n", AskOnce(relay, "AUTH", new string('x', 1 << 20)));
        using var client = new RespClient(relay.EndPoint);
        Assert.Equal("+OK\\r\\n", client.Ask("AUTH", "secret"));
        var large = new string('x', 1 << 20);
        Assert.Equal($"$1048576\\r\\n{large}\\r\\n", client.Ask("ECHO", large));
        client.Ask("RESET");
        Assert.Equal("-NOAUTH Authentication required.\\r\\n", client.Ask("PING"));
    }

    [Theory]
    [InlineData("0.0.0.0", null, false, false)]
    [InlineData("0.0.0.0", null, true, true)]
    [InlineData("0.0.0.0", "secret", false, true)]
    [InlineData("::", null, false, false)]
    [InlineData("127.0.0.1", null, false, true)]
    [InlineData("::1", null, false, true)]
    public void Only_a_relay_with_a_password_may_be_reached_by_others(string address, string? password, bool insecure, bool allowed)
    {
        var options = new RelayOptions { EndPoints = [new IPEndPoint(IPAddress.Parse(address), 0)], Password = password, Insecure = insecure };
        if (allowed)
        {
            options.Validate();
        }
        else
        {
            Assert.Contains("password", Assert.Throws<ArgumentException>(options.Validate).Message);
        }
    }

    [Fact]
    public async Task A_port_in_use_is_reported_and_nothing_stays_bound()
    {
        await using var relay = await RunningRelay.StartAsync();
        await using var engine = new RecordEngine(new SocketsBackend(), new EngineOptions { Channels = 1 });
        var free = new IPEndPoint(IPAddress.Loopback, 0);
        await Assert.ThrowsAnyAsync<System.Net.Sockets.SocketException>(
            () => RelayServer.StartAsync(engine, new RelayOptions { EndPoints = [free, relay.EndPoint] }));
    }

    [Fact]
    public async Task Limits_of_names_and_subscriptions_are_errors_not_ends()
    {
        await using var relay = await RunningRelay.StartAsync();
        using var client = new RespClient(relay.EndPoint);
        var tooLong = new string('n', RelayLimits.MaximumName + 1);
        Assert.StartsWith("-ERR names of channels", client.Ask("PUBLISH", tooLong, "x"));
        Assert.StartsWith("-ERR names of channels", client.Ask("SUBSCRIBE", "a", tooLong));
        Assert.StartsWith("-ERR names of channels", client.Ask("PSUBSCRIBE", tooLong));
        Assert.StartsWith("-ERR a client has at most", client.Ask([.. Enumerable.Repeat("SUBSCRIBE", RelayLimits.MaximumSubscriptions + 2)]));
        Assert.Equal(0, relay.Server.Statistics.Channels);
        Assert.StartsWith("*3", client.Ask("SUBSCRIBE", new string('n', RelayLimits.MaximumName)));
    }

    private static string AskOnce(RunningRelay relay, params string[] command)
    {
        using var client = new RespClient(relay.EndPoint);
        var reply = client.Ask(command);
        Assert.Null(client.ReadBytes());
        return reply;
    }
}
