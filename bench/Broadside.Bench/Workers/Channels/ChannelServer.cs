using System.Net;
using Broadside.Channels;

namespace Broadside.Bench.Workers.Channels;

/// <summary>A server written against the channel contract, on a backend by name.</summary>
internal static class ChannelServer
{
    private static readonly ListenOptions Options = new() { Backlog = 4096 };

    /// <summary>Serves until its input ends.</summary>
    /// <param name="port">Where.</param>
    /// <param name="backend">On which backend.</param>
    /// <param name="channels">On how many channels; several are pinned, each to a processor.</param>
    /// <param name="serve">Makes what serves a channel's connections.</param>
    public static async Task RunAsync(int port, string backend, int channels, Func<IoChannel, IConnectionAcceptor> serve)
    {
        await using var engine = RecordEngine.Create(new EngineOptions { Channels = channels, PinThreads = channels > 1 }, backend);
        foreach (var channel in engine.Channels)
        {
            await channel.SwitchTo();
            channel.Listen(new IPEndPoint(IPAddress.Loopback, port), Options, serve(channel));
        }

        await Task.Yield();
        await ServerConsole.RunAsync(() => EngineCounters.Of(engine));
    }
}
