namespace Broadside.Conformance.Suites;

/// <summary>Datagrams arrive whole or not at all.</summary>
public abstract class DatagramConformance<TFixture> : ConformanceTest<TFixture>
    where TFixture : BackendFixture, new()
{
    [Fact]
    public async Task Echoes()
    {
        var (server, serverSocket) = await Bind();
        server.WhenReceived = (socket, datagram) => socket.TrySend(datagram.Bytes.Span, datagram.From);
        var (client, clientSocket) = await Bind(channel: Connecting);
        var lengths = new List<int>();
        client.WhenReceived = (_, datagram) => lengths.Add(datagram.Bytes.Length);
        foreach (var length in new[] { 100, 0, 1, 4096 })
        {
            var count = client.Count;
            await Send(clientSocket, serverSocket, length);
            await Fixture.Until(() => client.Count == count + 1, "the echo");
        }

        Assert.Equal([100, 0, 1, 4096], lengths);
    }

    [Fact]
    public async Task DeliversInBatches()
    {
        const int Count = 20;
        var (server, serverSocket) = await Bind(new DatagramOptions { BatchSize = 8 });
        var (_, clientSocket) = await Bind(channel: Connecting);

        // The receiving channel does nothing else meanwhile, so that all are sent before any is received.
        await Fixture.Run(Channel, () =>
        {
            if (Connecting == Channel)
            {
                SendAll();
            }
            else
            {
                Fixture.Run(Connecting, SendAll).Wait();
            }
        });
        await Fixture.Until(() => server.Count == Count, "the datagrams");
        Assert.InRange(server.LargestBatch, 2, 8);
        Assert.Equal(Count, Channel.Counters.DatagramsReceived);

        void SendAll()
        {
            for (var count = 0; count < Count; count++)
            {
                SendNow(clientSocket, serverSocket, 10 + count);
            }
        }
    }

    [Fact]
    public async Task DropsWhatIsTooLong()
    {
        var (server, serverSocket) = await Bind(new DatagramOptions { MaximumLength = 100 });
        var (_, clientSocket) = await Bind(channel: Connecting);
        foreach (var length in new[] { 101, 2000, 100 })
        {
            await Send(clientSocket, serverSocket, length);
        }

        await Fixture.Until(() => server.Count == 1, "the one that fits");
        Assert.Equal(2, Channel.Counters.DatagramsDropped);
    }

    [Fact]
    public async Task RefusesWhatNoTransportCanSend()
    {
        var (_, socket) = await Bind();
        var payload = new byte[70_000];
        await Fixture.Run(Channel, () => Assert.Throws<ArgumentException>(() => socket.TrySend(payload, socket.LocalEndPoint.Serialize())));
    }

    [Fact]
    public async Task AFaultyHandlerKeepsItsSocket()
    {
        var (server, serverSocket) = await Bind();
        var (_, clientSocket) = await Bind(channel: Connecting);
        server.WhenReceived = (_, _) => throw new InvalidOperationException("On purpose.");
        await Send(clientSocket, serverSocket, 10);
        await Fixture.Until(() => Fixture.Log.Count(100) == 1, "the fault");
        server.WhenReceived = null;
        await Send(clientSocket, serverSocket, 10);
        await Fixture.Until(() => server.Count == 2, "the next datagram");
    }

    [Fact]
    public async Task ClosesOnceAndSendsNoMore()
    {
        var (server, socket) = await Bind();
        await Fixture.Run(Channel, () =>
        {
            socket.Close();
            socket.Close();
            Assert.Equal(0, server.ClosedCount);
            Assert.False(socket.TrySend(new byte[1], socket.LocalEndPoint.Serialize()));
        });
        await Fixture.Until(() => server.ClosedCount == 1, "the end");
        Assert.Null(server.Error);
        await Fixture.Stop(Channel);
        Assert.Equal(1, server.ClosedCount);
    }

    private static void SendNow(ChannelDatagramSocket from, ChannelDatagramSocket to, int length)
    {
        var payload = new byte[length];
        Pattern.Fill(payload, 0);
        Assert.True(from.TrySend(payload, to.LocalEndPoint.Serialize()));
    }

    private Task Send(ChannelDatagramSocket from, ChannelDatagramSocket to, int length) => Fixture.Run(Connecting, () => SendNow(from, to, length));

    private async Task<(RecordingDatagrams Handler, ChannelDatagramSocket Socket)> Bind(DatagramOptions? options = null, IoChannel? channel = null)
    {
        Require.Capability(Fixture.HasDatagrams, "The backend has no datagrams.");
        var handler = new RecordingDatagrams(Fixture);
        channel ??= Channel;
        var endPoint = Fixture.ListenEndPointOf(channel);
        var socket = await Fixture.Run(channel, () => channel.BindDatagram(endPoint, options ?? new DatagramOptions(), handler));
        return (handler, socket);
    }
}
