namespace Broadside.Cli.Tests;

/// <summary>publish and subscribe, against a real Redis and against our own relay.</summary>
public sealed class ClientTests
{
    public static TheoryData<string> Servers => TestServer.Kinds;

    public static TheoryData<string, string> ServersAndProtocols => new(
        from row in TestServer.Kinds from protocol in new[] { "--resp3=false", "--resp3" } select (row.Data, protocol));

    [Theory]
    [MemberData(nameof(ServersAndProtocols))]
    public async Task What_is_published_is_printed(string kind, string protocol)
    {
        using var server = await TestServer.StartAsync(kind);
        using var subscriber = server.Tool("subscribe", "news", "weather", "--count", "3", protocol);
        await subscriber.LineAsync("subscribed to weather");

        Assert.Equal("1", await PublishAsync(server, "news", "hello", protocol));
        Assert.Equal("0", await PublishAsync(server, "elsewhere", "hello", protocol));
        Assert.Equal("2 messages, 2 deliveries", await PublishAsync(server, "weather", "ràin", "--count", "2", protocol));
        Assert.Equal(0, await subscriber.ExitAsync());
        Assert.Equal("news\thello\nweather\tràin\nweather\tràin", subscriber.Output);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Patterns_are_printed_as_json(string kind)
    {
        using var server = await TestServer.StartAsync(kind);
        using var subscriber = server.Tool("subscribe", "n?ws*", "--pattern", "--json", "--count", "1");
        await subscriber.LineAsync("subscribed to");
        Assert.Equal("1", await PublishAsync(server, "news.uk", "he said \"hello\""));
        Assert.Equal(0, await subscriber.ExitAsync());
        Assert.Equal("""{"pattern":"n?ws*","channel":"news.uk","message":"he said \u0022hello\u0022"}""", subscriber.Output);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task The_lines_of_standard_input_are_messages_in_order(string kind)
    {
        var lines = Enumerable.Range(0, 1000).Select(number => $"line {number}").ToArray();
        using var server = await TestServer.StartAsync(kind);
        using var subscriber = server.Tool("subscribe", "lines", "--count", $"{lines.Length}");
        await subscriber.LineAsync("subscribed to");
        using var publisher = server.Tool("publish", "lines", "--file", "-");
        publisher.Feed(string.Join('\n', lines));
        Assert.Equal(0, await publisher.ExitAsync());
        Assert.Equal("1000 messages, 1000 deliveries", publisher.Output);
        Assert.Equal(0, await subscriber.ExitAsync());
        Assert.Equal(lines.Select(line => "lines\t" + line), subscriber.Output.Split('\n'));
    }

    [Theory]
    [MemberData(nameof(ServersAndProtocols))]
    public async Task A_password_is_asked_for_and_checked(string kind, string protocol)
    {
        using var server = await TestServer.StartAsync(kind, TestServer.PasswordOptions(kind, "secret"));
        using var none = server.Tool("publish", "a", "b");
        Assert.Equal(ExitCodes.NotAuthenticated, await none.ExitAsync());
        Assert.Contains("wants a password", none.Errors, StringComparison.Ordinal);
        using var wrong = server.Tool("subscribe", "a", "--password", "wrong", protocol);
        Assert.Equal(ExitCodes.NotAuthenticated, await wrong.ExitAsync());
        Assert.Contains("does not accept the password", wrong.Errors, StringComparison.Ordinal);
        using var file = new TemporaryFile("secret\n");
        Assert.Equal("0", await PublishAsync(server, "a", "b", "--password-file", file.Path, protocol));
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task A_signal_is_how_a_subscriber_ends(string kind)
    {
        using var server = await TestServer.StartAsync(kind);
        using var subscriber = server.Tool("subscribe", "news");
        await subscriber.LineAsync("subscribed to");
        subscriber.Send(ChildProcess.Signal.Interrupt);
        Assert.Equal(ExitCodes.Success, await subscriber.ExitAsync());
    }

    [Fact]
    public async Task The_relays_options_are_passed_on_to_it()
    {
        using var server = await TestServer.StartRelayAsync();
        Assert.Equal("0", await PublishAsync(server, "a", "b", "--priority", "0", "--expire", "1s", "--key", "k", "--id", "1"));
    }

    [Fact]
    public async Task Redis_refuses_the_relays_options_and_that_is_said()
    {
        using var server = await TestServer.StartAsync("redis");
        using var publisher = server.Tool("publish", "a", "b", "--priority", "0");
        Assert.Equal(ExitCodes.Failure, await publisher.ExitAsync());
        Assert.Contains("wrong number of arguments", publisher.Errors, StringComparison.Ordinal);
    }

    private static async Task<string> PublishAsync(TestServer server, params string[] arguments)
    {
        using var publisher = server.Tool("publish", arguments);
        Assert.Equal(0, await publisher.ExitAsync());
        return publisher.Output;
    }
}
