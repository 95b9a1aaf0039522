using System.Net;
using Broadside.Channels;

namespace Broadside.Bench.Workers.Channels;

/// <summary>A server written against the channel contract, on a backend by name.</summary>
internal static class ChannelServer
{
    private const int Backlog = 4096;

    /// <summary>How a server listens whose connections stay.</summary>
    public static ListenOptions KeepAlive { get; } = new() { Backlog = Backlog };

    /// <summary>How one listens that has a connection for each request: as the others do, accepted with the request, closed without waiting.</summary>
    public static ListenOptions PerRequest { get; } = new()
    {
        Backlog = Backlog,
        DeferAccept = TimeSpan.FromSeconds(1),
        Transport = new TransportOptions { LingerOnClose = false },
    };

    /// <summary>Serves until its input ends.</summary>
    /// <param name="port">Where.</param>
    /// <param name="backend">On which backend.</param>
    /// <param name="channels">On how many channels; several are pinned, each to a processor.</param>
    /// <param name="options">How it listens.</param>
    /// <param name="serve">Makes what serves a channel's connections.</param>
    public static async Task RunAsync(int port, string backend, int channels, ListenOptions options, Func<IoChannel, IConnectionAcceptor> serve)
    {
        await using var engine = RecordEngine.Create(new EngineOptions { Channels = channels, PinThreads = channels > 1 }, backend);
        foreach (var channel in engine.Channels)
        {
            await channel.SwitchTo();
            channel.Listen(new IPEndPoint(IPAddress.Loopback, port), options, serve(channel));
        }

        await Task.Yield();
        await ServerConsole.RunAsync(() => EngineCounters.Of(engine));
    }
}
