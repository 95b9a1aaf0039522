using System.Globalization;
using Broadside.Bench.Workers.AsyncSockets;
using Broadside.Bench.Workers.Bare;
using Broadside.Bench.Workers.Channels;

namespace Broadside.Bench.Workers;

/// <summary>The harness's servers that answer requests, by name.</summary>
internal static class RequestServers
{
    /// <returns>Its work; null when there is none of that name.</returns>
    public static Task? Run(string[] arguments) => arguments switch
    {
        ["channel-echo", var backend, var channels, var port] =>
            ChannelServer.RunAsync(Number(port), backend, Number(channels), ChannelServer.KeepAlive, static channel => new EchoAcceptor(channel)),
        ["channel-http", var backend, var channels, var port] =>
            ChannelServer.RunAsync(Number(port), backend, Number(channels), ChannelServer.PerRequest, static channel => new HttpAcceptor(channel)),
        ["record-echo", var backend, _, var port] => RecordEcho.RunAsync(Number(port), backend),
        ["saea-echo", var port] => AsyncSocketServer.RunAsync(Number(port), AsyncEcho.Serve),
        ["saea-http", var port] => AsyncSocketServer.RunAsync(Number(port), AsyncHttp.Serve),
        ["epoll-echo", var port] => new EpollEcho().RunAsync(Number(port), defersAccept: false),
        ["epoll-http", var port] => new EpollHttp().RunAsync(Number(port), defersAccept: true),
        _ => null,
    };

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
