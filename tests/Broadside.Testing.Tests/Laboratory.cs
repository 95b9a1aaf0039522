using System.Net;
using Broadside.Channels;
using Microsoft.Extensions.Logging.Abstractions;

namespace Broadside.Testing.Tests;

/// <summary>A network with a channel that listens and one that connects, and an arena that knows what is not returned.</summary>
internal sealed class Laboratory : IDisposable
{
    private readonly List<IoChannel> _channels = [];
    private readonly List<Extent> _extents = [];

    public Laboratory(SimulatedNetworkOptions? options = null)
    {
        Network = new SimulatedNetwork(options);
        Server = CreateChannel(Network);
        Client = CreateChannel(Network);
    }

    public SimulatedNetwork Network { get; }

    public Arena Arena { get; } = new(new ArenaOptions { Diagnostics = true });

    public IoChannel Server { get; }

    public IoChannel Client { get; }

    public RecordingAcceptor Acceptor { get; } = new();

    public IoChannel CreateChannel(ChannelBackend backend)
    {
        var channel = backend.CreateChannel(new ChannelSettings(_channels.Count, Arena, NullLogger.Instance, TimeProvider.System));
        _channels.Add(channel);
        channel.Start();
        return channel;
    }

    public EndPoint Listen(TransportOptions? transport = null) => Server.Listen(
        new IPEndPoint(IPAddress.Loopback, 0), new ListenOptions { Transport = transport ?? new TransportOptions() }, Acceptor).LocalEndPoint;

    public RecordingHandler Connect(EndPoint endPoint, ConnectOptions? options = null)
    {
        var handler = new RecordingHandler();
        Client.Connect(endPoint, options ?? new ConnectOptions(), handler);
        return handler;
    }

    /// <summary>Both ends of a connection, established.</summary>
    public (RecordingHandler Client, RecordingHandler Server) Pair(TransportOptions? transport = null)
    {
        transport ??= new TransportOptions();
        var client = Connect(Listen(transport), new ConnectOptions { Transport = transport });
        Network.RunUntilIdle();
        Assert.NotNull(client.Connection);
        return (client, Acceptor.Handlers[^1]);
    }

    /// <summary>A batch of bytes 0, 1, 2 … in extents of <paramref name="lengths"/>.</summary>
    public SendBatch Batch(params ReadOnlySpan<int> lengths)
    {
        var batch = new SendBatch();
        var next = 0;
        foreach (var length in lengths)
        {
            var extent = Allocate(length);
            foreach (ref var value in extent.Span)
            {
                value = (byte)next++;
            }

            batch.Add(extent);
        }

        return batch;
    }

    public Extent Allocate(int length)
    {
        _extents.Add(Arena.Allocate(length));
        return _extents[^1];
    }

    public static byte[] Bytes(int length) => [.. Enumerable.Range(0, length).Select(value => (byte)value)];

    public void Dispose()
    {
        foreach (var channel in _channels)
        {
            Assert.True(channel.StopAsync().IsCompletedSuccessfully);
            Assert.Equal(0, channel.Counters.Connections);
        }

        _extents.ForEach(Arena.Free);
        Assert.Empty(Arena.Outstanding());
        Network.Dispose();
    }
}
