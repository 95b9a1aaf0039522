using System.Diagnostics;
using Broadside.Relay;

namespace Broadside.Servers.Tests.Relay;

/// <summary>Redis's own clients against the relay.</summary>
public sealed class RedisClientTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("SUBSCRIBE", "news", false)]
    [InlineData("SUBSCRIBE", "news", true)]
    [InlineData("PSUBSCRIBE", "n*", false)]
    [InlineData("PSUBSCRIBE", "n*", true)]
    public async Task The_command_line_client_subscribes_and_receives(string command, string name, bool resp3)
    {
        await using var relay = await RunningRelay.StartAsync(new RelayOptions { Password = "secret" });
        string[] version = resp3 ? ["-3"] : [];
        using var subscriber = Start(relay, "redis-cli", [.. version, "-a", "secret", "--no-auth-warning", command, name]);
        var output = new List<string>();
        var received = Task.Run(() =>
        {
            while (subscriber.StandardOutput.ReadLine() is { } line)
            {
                output.Add(line);
                if (line.Contains("hello", StringComparison.Ordinal))
                {
                    break;
                }
            }
        });
        Eventually.True(() => relay.Server.Statistics.Channels + relay.Server.Statistics.Patterns == 1);
        Assert.Equal("1", Run(relay, "redis-cli", [.. version, "-a", "secret", "--no-auth-warning", "PUBLISH", "news", "hello"]).Trim());
        await received.WaitAsync(Deadline);
        subscriber.Kill();
        string[] expected = command == "SUBSCRIBE"
            ? ["subscribe", "news", "1", "message", "news", "hello"]
            : ["psubscribe", "n*", "1", "pmessage", "n*", "news", "hello"];
        Assert.Equal(expected, output);
    }

    [Theory]
    [InlineData("wrong", "WRONGPASS")]
    [InlineData("secret", "PONG")]
    public async Task The_command_line_client_authenticates(string password, string expected)
    {
        await using var relay = await RunningRelay.StartAsync(new RelayOptions { Password = "secret" });
        Assert.Contains(expected, Run(relay, "redis-cli", ["-a", password, "--no-auth-warning", "AUTH", password]) + Run(relay, "redis-cli", ["-a", password, "--no-auth-warning", "PING"]));
    }

    [Fact]
    public async Task The_command_line_client_shows_what_the_relay_tells_of_itself()
    {
        await using var relay = await RunningRelay.StartAsync();
        Assert.Contains("connected_clients:1", Run(relay, "redis-cli", ["INFO"]));
        Assert.Contains("publish", Run(relay, "redis-cli", ["-3", "COMMAND", "DOCS", "publish"]));
        Assert.Contains("cmd=client|list", Run(relay, "redis-cli", ["CLIENT", "LIST"]));
        Assert.StartsWith("ERR unknown command 'get'", Run(relay, "redis-cli", ["get", "a"]));
    }

    [Theory]
    [InlineData("PUBLISH", "a", "hello")]
    [InlineData("PING")]
    public async Task The_benchmark_completes_without_an_error(params string[] command)
    {
        await using var relay = await RunningRelay.StartAsync();
        using var subscriber = new RespClient(relay.EndPoint);
        subscriber.Ask("SUBSCRIBE", "a");
        const int requests = 100_000;
        var reading = Task.Run(() =>
        {
            for (var count = 0; command[0] == "PUBLISH" && count < requests; count++)
            {
                subscriber.ReadMessage();
            }
        });
        var output = Run(relay, "redis-benchmark", ["-n", $"{requests}", "-P", "16", "-q", .. command]);
        Assert.Contains("requests per second", output);
        Assert.DoesNotContain("rror", output);
        await reading.WaitAsync(Deadline);
    }

    private static string Run(RunningRelay relay, string program, string[] arguments)
    {
        using var process = Start(relay, program, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Deadline))
        {
            process.Kill();
            Assert.Fail($"{program} {string.Join(' ', arguments)} did not end in time.");
        }

        return output.Result + errors.Result;
    }

    private static Process Start(RunningRelay relay, string program, string[] arguments)
    {
        var path = Requirement.FindProgram(program);
        Requirement.IsMet(path is null ? $"{program} is not on PATH" : null);
        return Process.Start(new ProcessStartInfo(path!, ["-h", "127.0.0.1", "-p", $"{relay.EndPoint.Port}", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }
}
