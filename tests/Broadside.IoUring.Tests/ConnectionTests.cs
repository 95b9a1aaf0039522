using System.Net.Sockets;

namespace Broadside.IoUring.Tests;

/// <summary>Thousands of connections, and the limits they meet.</summary>
public sealed class ConnectionTests : ConformanceTest<TestFixture>
{
    [Fact]
    public async Task ConnectionsTakeNoDescriptorsOfTheProcess()
    {
        const int Connections = 5000;
        var other = Fixture.CreateChannel();
        var acceptor = new CountingAcceptor(Fixture);
        var listener = await Listen(acceptor, new ListenOptions { Backlog = 8192 });
        var before = Descriptors.Count();
        var clients = await ConnectMany(other, listener.LocalEndPoint, Connections);
        await Fixture.Until(() => acceptor.Opened == Connections, "the connections");
        Assert.InRange(Descriptors.Count(), before - 2, before + 2);
        Assert.Equal(Connections, clients.Count(client => client.IsConnected));
    }

    [Fact]
    public async Task ConnectionsSpreadOverChannels()
    {
        const int Connections = 1000;
        var other = Fixture.CreateChannel();
        var (mine, theirs) = (new CountingAcceptor(Fixture), new CountingAcceptor(Fixture));
        var listener = await Listen(mine);
        await Listen(theirs, channel: other, endPoint: listener.LocalEndPoint);
        await ConnectMany(Channel, listener.LocalEndPoint, Connections);
        await Fixture.Until(() => mine.Opened + theirs.Opened == Connections, "the connections");
        Assert.InRange(mine.Opened, Connections / 4, Connections * 3 / 4);
        Assert.Equal(theirs.Opened, await Fixture.Run(other, () => other.Counters.Accepts));
    }

    [Fact]
    public async Task AFullTableIsSurvived()
    {
        const int Limit = 8;
        Fixture.Options = new IoUringOptions { MaximumConnections = Limit };
        var acceptor = new CountingAcceptor(Fixture);
        var listener = await Listen(acceptor);
        var clients = Enumerable.Range(0, Limit).Select(_ => NewSocket()).ToArray();
        foreach (var client in clients)
        {
            await client.ConnectAsync(listener.LocalEndPoint);
        }

        await Fixture.Until(() => acceptor.Opened == Limit, "as many as there is room for");
        using var tooMany = NewSocket();
        await tooMany.ConnectAsync(listener.LocalEndPoint);
        await Fixture.Until(() => Fixture.Log.Count(103) > 0, "accepting to fail");
        Assert.Equal(Limit, acceptor.Opened);
        Array.ForEach(clients, client => client.Dispose());
        await Fixture.Until(() => acceptor.Ended == Limit, "the connections to end");
        using var late = NewSocket();
        await late.ConnectAsync(listener.LocalEndPoint);
        await Fixture.Until(() => acceptor.Opened == Limit + 1, "the later one");
    }

    [Fact]
    public async Task AConnectThatFindsNoRoomFails()
    {
        Fixture.Options = new IoUringOptions { MaximumConnections = 1 };
        using var listener = NewSocket();
        listener.Bind(Fixture.ListenEndPoint);
        listener.Listen();
        var (first, second) = (Handler(), Handler());
        await Connect(listener.LocalEndPoint!, first);
        await Fixture.Until(() => first.IsConnected, "the first");
        await Connect(listener.LocalEndPoint!, second);
        await UntilClosed(second);
        Assert.Equal(CloseReason.NetworkError, second.Reason);
        Assert.Equal(SocketError.TooManyOpenSockets, Assert.IsType<SocketException>(second.Error).SocketErrorCode);
    }

    [Fact]
    public async Task StopsWithThousandsOfOperationsInFlight()
    {
        const int Connections = 2000;
        var other = Fixture.CreateChannel();
        var acceptor = new RecordingAcceptor(Fixture);
        var listener = await Listen(acceptor, new ListenOptions { Backlog = 8192, Transport = new TransportOptions { ReceiveBufferSize = 4096 } });
        var clients = await ConnectMany(other, listener.LocalEndPoint, Connections);
        await Fixture.Until(() => acceptor.Count == Connections && acceptor.Handlers().All(handler => handler.IsConnected), "the connections");

        // Half of them have a send pending, all have a receive pending, and hundreds are only just connecting.
        await Fixture.Run(Channel, () =>
        {
            foreach (var handler in acceptor.Handlers())
            {
                handler.PauseReceive();
            }
        });
        await Fixture.Run(other, () =>
        {
            for (var index = 0; index < Connections; index += 2)
            {
                clients[index].SendPattern(0, 128 * 1024);
            }

            for (var count = 0; count < 500; count++)
            {
                var client = Handler();
                client.Attach(other.Connect(listener.LocalEndPoint, new ConnectOptions(), client));
            }
        });
        await Fixture.Stop(other);
        Assert.All(clients, client => Assert.Equal(CloseReason.ChannelStopped, client.Reason));
        await Fixture.Stop(Channel);
        Assert.All(acceptor.Handlers(), handler => Assert.True(handler.IsClosed));
    }

    [Fact]
    public async Task KeepsServingWhenCompletionsOverflow()
    {
        const int Connections = 300;
        Fixture.Options = new IoUringOptions { CompletionEntries = 16 };
        var acceptor = new RecordingAcceptor(Fixture, () =>
        {
            var handler = Handler();
            handler.WhenReceived = (server, segment) => server.SendPattern(server.ReceivedLength - segment.Extent.Length, segment.Extent.Length);
            return handler;
        });
        var listener = await Listen(acceptor, new ListenOptions { Backlog = 1024 });
        var clients = await ConnectMany(Channel, listener.LocalEndPoint, Connections);
        await Fixture.Run(Channel, () => clients.ForEach(client => client.SendPattern(0, 100)));
        await Fixture.Until(() => clients.All(client => client.ReceivedLength == 100), "the echoes");
        Assert.True(TestFixture.Inner(Channel).RingCounters.Overflows > 0, "Nothing overflowed.");
    }

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private async Task<List<RecordingHandler>> ConnectMany(IoChannel channel, EndPoint endPoint, int count)
    {
        var clients = Enumerable.Range(0, count).Select(_ => Handler()).ToList();
        await Fixture.Run(channel, () => clients.ForEach(client => client.Attach(channel.Connect(endPoint, new ConnectOptions(), client))));
        await Fixture.Until(() => clients.All(client => client.IsConnected), "the clients to connect");
        return clients;
    }
}
