namespace Broadside.Conformance.Suites;

/// <summary>Connecting succeeds or fails with a reason; listeners serve whatever comes.</summary>
public abstract class ConnectConformance<TFixture> : ConformanceTest<TFixture>
    where TFixture : BackendFixture, new()
{
    [Fact]
    public async Task IsRefused()
    {
        var client = Handler();
        await Connect(Fixture.RefusingEndPoint, client);
        await UntilClosed(client);
        Assert.Equal(CloseReason.Refused, client.Reason);
        Assert.False(client.IsConnected);
    }

    [Fact]
    public async Task TimesOut()
    {
        using var peer = Fixture.CreateSilentPeer();
        var client = Handler();
        await Connect(peer.EndPoint, client, new ConnectOptions { Timeout = TimeSpan.FromMilliseconds(50) });
        await UntilClosed(client);
        Assert.Equal(CloseReason.TimedOut, client.Reason);
        Assert.False(client.IsConnected);
    }

    [Fact]
    public async Task ADeferredConnectionComesWithItsFirstBytes()
    {
        var acceptor = new RecordingAcceptor(Fixture);
        var listener = await Listen(acceptor, new ListenOptions { DeferAccept = TimeSpan.FromSeconds(30) });
        var client = Handler();
        await Connect(listener.LocalEndPoint, client);
        await Fixture.Until(() => client.IsConnected, "the connection");
        if (Fixture.DefersAccepts)
        {
            // A round of the listener's channel after the handshake: it would have been accepted by now.
            await Fixture.Run(Channel, () => { });
            await Fixture.Run(Channel, () => { });
            Assert.Equal(0, acceptor.Count);
        }

        await On(client, handler => handler.SendPattern(0, 100));
        await Fixture.Until(() => acceptor.Count == 1 && acceptor[0].ReceivedLength == 100, "the connection and its bytes");
        Assert.Equal(client.Connection.LocalEndPoint, acceptor[0].Connection.RemoteEndPoint);

        // And goes on as any other.
        await On(client, handler => handler.SendPattern(100, 100));
        await Fixture.Until(() => acceptor[0].ReceivedLength == 200, "more");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task IsCancelled(bool abort)
    {
        using var peer = Fixture.CreateSilentPeer();
        var client = Handler();
        await Connect(peer.EndPoint, client);
        await On(client, handler =>
        {
            if (abort)
            {
                handler.Abort();
            }
            else
            {
                handler.Close();
            }
        });
        await UntilClosed(client);
        Assert.Equal(CloseReason.Aborted, client.Reason);
        Assert.False(client.IsConnected);
    }

    [Fact]
    public async Task ANameIsOfNoUseHere()
    {
        var client = Handler();
        await Connect(new DnsEndPoint("localhost", 1), client);
        await UntilClosed(client);
        Assert.Equal(CloseReason.Unreachable, client.Reason);
    }

    [Fact]
    public async Task TenListeners()
    {
        var acceptors = Enumerable.Range(0, 10).Select(_ => new RecordingAcceptor(Fixture)).ToArray();
        foreach (var acceptor in acceptors)
        {
            var listener = await Listen(acceptor);
            for (var count = 0; count < 3; count++)
            {
                var client = Handler();
                await Connect(listener.LocalEndPoint, client);
                await Fixture.Until(() => client.IsConnected, "the client to connect");
            }
        }

        await Fixture.Until(() => acceptors.All(acceptor => acceptor.Count == 3), "every listener to accept");
    }

    [Fact]
    public async Task ThousandsOfConnections()
    {
        const int Connections = 2000;
        const int Length = 100;
        var acceptor = new RecordingAcceptor(Fixture, () =>
        {
            var handler = Handler();
            handler.WhenReceived = (server, segment) => server.SendPattern(server.ReceivedLength - segment.Extent.Length, segment.Extent.Length);
            return handler;
        });
        var listener = await Listen(acceptor, new ListenOptions { Backlog = 4096 });
        var clients = new List<RecordingHandler>();
        var answered = 0;
        for (var index = 0; index < Connections; index++)
        {
            var client = Handler();
            client.WhenConnected = handler => handler.SendPattern(0, Length);
            client.WhenReceived = (handler, _) => answered += handler.ReceivedLength == Length ? 1 : 0;
            clients.Add(client);
        }

        var other = Other;
        await Fixture.Run(other, () => clients.ForEach(client => client.Attach(other.Connect(listener.LocalEndPoint, new ConnectOptions(), client))));
        await Fixture.Until(() => Volatile.Read(ref answered) == Connections, "every connection to be answered");
        Assert.Equal(Connections, acceptor.Count);
        Assert.Equal(Connections, await Fixture.Run(Channel, () => Channel.Counters.Connections));
        await Fixture.Run(other, () => clients.ForEach(client => client.Close()));
        await Fixture.Run(Channel, () =>
        {
            foreach (var handler in acceptor.Handlers())
            {
                handler.Close();
            }
        });
        await UntilClosed([.. clients]);
        Assert.All(clients, client => Assert.Equal(CloseReason.Closed, client.Reason));
        await UntilClosed([.. acceptor.Handlers()]);
        Assert.Equal(0, await Fixture.Run(Channel, () => Channel.Counters.Connections));
    }

    [Fact]
    public async Task ChannelsShareAnEndpoint()
    {
        const int Connections = 200;
        Require.Capability(Fixture.ChannelsShareEndPoints, "Each channel is another host.");
        var other = Other;
        var (mine, theirs) = (new RecordingAcceptor(Fixture), new RecordingAcceptor(Fixture));
        var listener = await Listen(mine);
        var second = await Listen(theirs, channel: other, endPoint: listener.LocalEndPoint);
        Assert.Equal(Fixture.ChannelsShareAddresses, listener.LocalEndPoint.Equals(second.LocalEndPoint));
        Assert.Equal(((IPEndPoint)listener.LocalEndPoint).Port, ((IPEndPoint)second.LocalEndPoint).Port);
        await ConnectMany(listener.LocalEndPoint, Connections / 2);
        await ConnectMany(second.LocalEndPoint, Connections / 2);
        await Fixture.Until(() => mine.Count + theirs.Count == Connections, "all to be accepted");
        Assert.True(mine.Count > 0 && theirs.Count > 0, $"{mine.Count} and {theirs.Count}");

        // The endpoint stays open for the other when one leaves.
        await Fixture.Run(Channel, () =>
        {
            listener.Close();
            listener.Close();
        });
        var before = mine.Count;
        await ConnectMany(second.LocalEndPoint, 20);
        await Fixture.Until(() => mine.Count + theirs.Count == Connections + 20, "the later ones to be accepted");
        Assert.Equal(before, mine.Count);
        await Fixture.Run(other, () => second.Close());
        var refused = Handler();
        await Connect(second.LocalEndPoint, refused);
        await UntilClosed(refused);
        Assert.Equal(CloseReason.Refused, refused.Reason);
    }

    [Fact]
    public async Task AcceptedConnectionsOutliveTheirListener()
    {
        var acceptor = new RecordingAcceptor(Fixture);
        var listener = await Listen(acceptor);
        var client = Handler();
        await Connect(listener.LocalEndPoint, client);
        await Fixture.Until(() => client.IsConnected && acceptor.Count == 1, "the connection");
        await Fixture.Run(Channel, listener.Close);
        await On(client, handler => handler.SendPattern(0, 5000));
        await Fixture.Until(() => acceptor[0].ReceivedLength == 5000, "the bytes");
    }

    [Fact]
    public async Task AnAcceptorMayRefuse()
    {
        var listener = await Listen(new RefusingAcceptor());
        var client = Handler();
        await Connect(listener.LocalEndPoint, client);
        await UntilClosed(client);
        Assert.Equal(CloseReason.PeerReset, client.Reason);
    }

    [Fact]
    public async Task AnAcceptorMayThrow()
    {
        var listener = await Listen(new RefusingAcceptor { Throws = true });
        foreach (var client in new[] { Handler(), Handler() })
        {
            await Connect(listener.LocalEndPoint, client);
            await UntilClosed(client);
            Assert.Equal(CloseReason.PeerReset, client.Reason);
        }
    }

    [Fact]
    public async Task UnixDomainEndpoints()
    {
        Require.Capability(Fixture.HasUnixSockets, "The backend has no Unix-domain endpoints.");
        var directory = Directory.CreateTempSubdirectory("broadside");
        try
        {
            var acceptor = new RecordingAcceptor(Fixture);
            var endPoint = new System.Net.Sockets.UnixDomainSocketEndPoint(Path.Combine(directory.FullName, "s"));
            await Listen(acceptor, endPoint: endPoint);
            var client = Handler();
            await Connect(endPoint, client);
            await Fixture.Until(() => client.IsConnected && acceptor.Count == 1, "the connection");
            await Fixture.Run(Channel, () => client.SendPattern(0, 300_000, 10));
            await Fixture.Until(() => acceptor[0].ReceivedLength == 300_010, "the bytes");
            await Fixture.Run(Channel, () =>
            {
                client.Close();
                acceptor[0].Close();
            });
            await UntilClosed(client, acceptor[0]);
            Assert.Equal(CloseReason.Closed, client.Reason);

            var nobody = Handler();
            await Connect(new System.Net.Sockets.UnixDomainSocketEndPoint(Path.Combine(directory.FullName, "none")), nobody);
            await UntilClosed(nobody);
            Assert.Equal(CloseReason.Refused, nobody.Reason);
        }
        finally
        {
            directory.Delete(true);
        }
    }

    [Fact]
    public async Task KeepsServingWhenDescriptorsRunOut()
    {
        Require.Capability(Fixture.UsesDescriptors, "The backend's connections take no descriptors.");
        Require.Environment(OperatingSystem.IsLinux(), "Limiting descriptors is done the Linux way.");
        const int Clients = 4;
        const int AcceptFailedEvent = 103;
        var acceptor = new RecordingAcceptor(Fixture);
        var listener = await Listen(acceptor);
        var clients = Enumerable.Range(0, Clients).Select(_ => NewSocket()).ToArray();
        var fillers = new List<IDisposable>();
        try
        {
            // No more than are open now, give or take the gaps between their numbers, which are filled.
            using (var limit = Descriptors.Limit(Descriptors.Count() + 8))
            {
                Require.Environment(limit is not null, "The limit of descriptors cannot be lowered.");
                FillUp(fillers);
                foreach (var client in clients)
                {
                    client.Connect(listener.LocalEndPoint);
                }

                await Fixture.Until(() => Fixture.Log.Count(AcceptFailedEvent) > 0, "accepting to fail");
                Assert.Equal(0, acceptor.Count);
            }

            fillers.ForEach(filler => filler.Dispose());
            await Fixture.Until(() => acceptor.Count == Clients, "the waiting connections to be accepted");
            Assert.True(Channel.Counters.AcceptFailures > 0);
            await Fixture.Run(Channel, listener.Close);
        }
        finally
        {
            fillers.ForEach(filler => filler.Dispose());
            Array.ForEach(clients, client => client.Dispose());
        }

        await Fixture.Until(() => acceptor.Handlers().All(handler => handler.PeerClosedCount == 1), "the clients' end");
    }

    private static System.Net.Sockets.Socket NewSocket()
    {
        return new(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
    }

    private static void FillUp(List<IDisposable> fillers)
    {
        try
        {
            while (true)
            {
                fillers.Add(File.OpenHandle("/dev/null"));
            }
        }
        catch (IOException)
        {
            // None left.
        }
    }

    private async Task ConnectMany(EndPoint endPoint, int count)
    {
        var clients = Enumerable.Range(0, count).Select(_ => Handler()).ToArray();
        await Fixture.Run(Channel, () => Array.ForEach(clients, client => client.Attach(Channel.Connect(endPoint, new ConnectOptions(), client))));
        await Fixture.Until(() => clients.All(client => client.IsConnected), "the clients to connect");
    }

    private sealed class RefusingAcceptor : IConnectionAcceptor
    {
        public bool Throws { get; init; }

        public IConnectionHandler? OnAccepted(ChannelConnection connection)
        {
            return Throws ? throw new InvalidOperationException("On purpose.") : null;
        }
    }
}
