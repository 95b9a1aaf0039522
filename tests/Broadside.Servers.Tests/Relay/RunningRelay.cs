using System.Net;
using Broadside.Relay;
using Broadside.Sockets;

namespace Broadside.Servers.Tests.Relay;

/// <summary>A relay on a spare loopback port with an engine of its own.</summary>
public sealed class RunningRelay : IAsyncDisposable
{
    private RunningRelay(RecordEngine engine, RelayServer server)
    {
        Engine = engine;
        Server = server;
    }

    public RecordEngine Engine { get; }

    public RelayServer Server { get; }

    public IPEndPoint EndPoint => (IPEndPoint)Server.EndPoints[0];

    public static async Task<RunningRelay> StartAsync(RelayOptions? options = null, EngineOptions? engineOptions = null)
    {
        options = (options ?? new RelayOptions()) with { EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)] };
        var engine = new RecordEngine(new SocketsBackend(), engineOptions ?? new EngineOptions { Channels = 2 });
        return new RunningRelay(engine, await RelayServer.StartAsync(engine, options));
    }

    public RawConnection Connect() => new(EndPoint);

    public async ValueTask DisposeAsync()
    {
        await Server.StopAsync();
        await Engine.StopAsync();
    }
}
