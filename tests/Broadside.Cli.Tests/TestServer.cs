using System.Net;
using System.Net.Sockets;
using Broadside.Servers.Tests;

namespace Broadside.Cli.Tests;

/// <summary>A server for the tool's clients on a spare loopback port: a real Redis, or our own relay.</summary>
internal sealed class TestServer : IDisposable
{
    /// <summary>The kinds there are.</summary>
    public static readonly TheoryData<string> Kinds = ["redis", "relay"];

    private TestServer(ChildProcess process, int port)
    {
        Process = process;
        Port = port;
    }

    public ChildProcess Process { get; }

    public int Port { get; }

    public static Task<TestServer> StartAsync(string kind, params string[] options) => kind == "redis" ? StartRedisAsync(options) : StartRelayAsync(options);

    /// <summary>Starts <c>broadside serve</c>.</summary>
    public static async Task<TestServer> StartRelayAsync(params string[] options)
    {
        var process = ChildProcess.Tool(["serve", "--port", "0", .. options]);
        var line = await process.LineAsync("listening on ");
        return new TestServer(process, int.Parse(line.Split(':')[^1]));
    }

    /// <summary>The same password for either kind.</summary>
    public static string[] PasswordOptions(string kind, string password) => kind == "redis" ? ["--requirepass", password] : ["--password", password];

    /// <summary>Runs the tool against this server, to its end.</summary>
    public ChildProcess Tool(string command, params string[] arguments) => ChildProcess.Tool([command, "--port", $"{Port}", .. arguments]);

    /// <summary>Runs redis-cli against this server, to its end.</summary>
    public Task<string> RedisCliAsync(params string[] arguments) => ChildProcess.RunAsync(Program("redis-cli"), ["-p", $"{Port}", .. arguments]);

    /// <summary>Starts redis-cli against this server.</summary>
    public ChildProcess RedisCli(params string[] arguments) => ChildProcess.Start(Program("redis-cli"), ["-p", $"{Port}", .. arguments]);

    public void Dispose() => Process.Dispose();

    private static async Task<TestServer> StartRedisAsync(string[] options)
    {
        var port = FindFreePort();
        var process = ChildProcess.Start(
            Program("redis-server"), ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--dir", Path.GetTempPath(), .. options]);
        await process.LineAsync("Ready to accept connections");
        return new TestServer(process, port);
    }

    private static string Program(string name)
    {
        var path = Requirement.FindProgram(name);
        Requirement.IsMet(path is null ? $"{name} is not on PATH" : null);
        return path!;
    }

    private static int FindFreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
