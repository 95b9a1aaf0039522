using System.Globalization;
using System.Text.Json;
using Broadside.Bench.Load;

namespace Broadside.Bench.Workers;

/// <summary>The parts of the harness that run in processes of their own.</summary>
internal static class Worker
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        try
        {
            await (arguments switch
            {
                ["naive", var port] => NaiveServer.RunAsync(Number(port)),
                ["limit", var port] => Task.Run(() => LimitServer.Run(Number(port))),
                ["fanout", var protocol, var port, var receivers, var size, var seconds] =>
                    FanoutAsync(Protocols.Find(protocol), Number(port), Number(receivers), Number(size), double.Parse(seconds, CultureInfo.InvariantCulture)),
                ["check", var protocol, var port, var receivers, var size] =>
                    CheckAsync(Protocols.Find(protocol), Number(port), Number(receivers), Number(size)),
                ["stall", var protocol, var port, var receivers, var receiveBuffer] =>
                    StalledLoad.RunAsync(Protocols.Find(protocol), Number(port), Number(receivers), Number(receiveBuffer)),
                ["paced", var port, var receivers, var bytesPerSecond, var records] =>
                    PacedAsync(Number(port), Number(receivers), Number(bytesPerSecond), Number(records)),
                ["records", var port, var profile] => RecordServer.RunAsync(Number(port), profile),
                ["echo", var port, var connections, var size, var depth, var waiting] =>
                    EchoAsync(Number(port), Number(connections), Number(size), Number(depth), spins: waiting == "spin"),
                ["short", var port, var concurrency] => ShortAsync(Number(port), Number(concurrency)),
                ["idle", var port, var size, var first, var count] => IdleAsync(Number(port), Number(size), Number(first), Number(count)),
                _ => RequestServers.Run(arguments) ?? throw new ArgumentException("There is no such worker: " + string.Join(' ', arguments)),
            });
            return 0;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or ArgumentException or System.Net.Sockets.SocketException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
    }

    private static Task FanoutAsync(IWireProtocol protocol, int port, int receivers, int size, double seconds)
    {
        using var load = new FanoutLoad(protocol, port, receivers, size);
        Console.WriteLine(JsonSerializer.Serialize(load.Run(seconds)));
        return Task.CompletedTask;
    }

    private static Task CheckAsync(IWireProtocol protocol, int port, int receivers, int size)
    {
        FanoutCheck.Run(protocol, port, receivers, size);
        Console.WriteLine("checked");
        return Task.CompletedTask;
    }

    private static Task PacedAsync(int port, int receivers, int bytesPerSecond, int records)
    {
        using var load = new PacedLoad(port, receivers, bytesPerSecond, records);
        Console.WriteLine("ready");
        Console.WriteLine(JsonSerializer.Serialize(load.Run()));
        return Task.CompletedTask;
    }

    private static async Task EchoAsync(int port, int connections, int size, int depth, bool spins)
    {
        using var load = new EchoLoad(port, connections, size, depth, spins);
        await LoadConsole.RunAsync(load);
    }

    private static async Task ShortAsync(int port, int concurrency)
    {
        using var load = new ShortLoad(port, concurrency);
        await LoadConsole.RunAsync(load);
    }

    private static async Task IdleAsync(int port, int size, int first, int count)
    {
        using var connections = new IdleConnections(port, size);
        connections.Open(first, count);
        Console.WriteLine("opened");
        await Console.In.ReadLineAsync();
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
