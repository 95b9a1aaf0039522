using System.Net.Sockets;
using Broadside.Conformance.Engine.Harness;

namespace Broadside.Conformance.Engine;

/// <summary>An engine's life: listening, connecting, where code runs, and stopping in the midst of it all.</summary>
public abstract class RunningConformance<TFixture> : EngineTest<TFixture>
    where TFixture : BackendFixture, new()
{
    private const int EngineStopped = 302;

    protected override EngineOptions Options => new() { Scheduling = ContinuationScheduling.Inline };

    [Fact]
    public async Task RefusedConnectTellsWhy()
    {
        var exception = await Assert.ThrowsAsync<ConnectException>(() => Await(Engine.ConnectAsync(Fixture.RefusingEndPoint, Wire.Framer)));
        Assert.Equal(CloseReason.Refused, exception.Reason);
    }

    [Fact]
    public async Task ConnectTimesOut()
    {
        using var peer = Fixture.CreateSilentPeer();
        var exception = await Assert.ThrowsAsync<ConnectException>(
            () => Await(Engine.ConnectAsync(peer.EndPoint, Wire.Framer, timeout: TimeSpan.FromMilliseconds(200))));
        Assert.Equal(CloseReason.TimedOut, exception.Reason);
    }

    [Fact]
    public async Task ConnectIsCancelled()
    {
        using var peer = Fixture.CreateSilentPeer();
        using var cancellation = new CancellationTokenSource();
        var handler = new PeerHandler(Fixture);
        var connecting = Engine.ConnectAsync(peer.EndPoint, Wire.Framer, handler, cancellationToken: cancellation.Token);
        await Fixture.Run(Engine.Channels[0], () => { });
        await Fixture.Run(Engine.Channels[1], () => { });
        Assert.False(connecting.IsCompleted);
        cancellation.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Await(connecting));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Await(Engine.ConnectAsync(peer.EndPoint, Wire.Framer, cancellationToken: new CancellationToken(true))));
        Assert.Equal(0, handler.Count);
    }

    [Fact]
    public async Task NameIsResolvedAndItsAddressesTried()
    {
        var handler = new PeerHandler(Fixture);
        var listener = await Listen(handler);
        var port = ((IPEndPoint)listener.LocalEndPoint).Port;
        var connection = await Await(Engine.ConnectAsync(new DnsEndPoint("localhost", port), Wire.Framer));
        Assert.Equal(port, ((IPEndPoint)connection.RemoteEndPoint!).Port);
        var exception = await Assert.ThrowsAsync<ConnectException>(
            () => Await(Engine.ConnectAsync(new DnsEndPoint("no-such-host.invalid", port), Wire.Framer)));
        Assert.Equal(CloseReason.Unreachable, exception.Reason);
    }

    [Fact]
    public async Task TakenEndPointCannotBeListenedOn()
    {
        Require.Capability(Fixture.UsesSockets, "The endpoint is taken by a socket.");
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        await Assert.ThrowsAsync<SocketException>(() => Await(Engine.ListenAsync(taken.LocalEndPoint!, Wire.Framer, new PeerHandler(Fixture))));
    }

    [Fact]
    public async Task InlineCodeRunsOnTheChannelsThread()
    {
        var places = new List<bool>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var listener = await Listen(async connection =>
        {
            places.Add(connection.Channel.IsOnThread);
            for (var number = 0; number < 3; number++)
            {
                using var record = await connection.ReceiveAsync().ConfigureAwait(false);
                places.Add(connection.Channel.IsOnThread);
            }

            await Task.Run(() => { }).ConfigureAwait(false);
            await connection.Channel.SwitchTo();
            places.Add(connection.Channel.IsOnThread);
            done.SetResult();
        });
        var client = await Await(Engine.ConnectAsync(listener.LocalEndPoint, Wire.Framer));
        for (var number = 0; number < 3; number++)
        {
            client.TrySend(Wire.Bytes(0, number), out _);
        }

        await Await(done.Task);
        Assert.Equal(5, places.Count);
        Assert.All(places, Assert.True);
        await Await(client.CloseAsync());
    }

    [Fact]
    public async Task StopSendsWhatIsPending()
    {
        var engine = CreateEngine(new EngineOptions());
        var server = new PeerHandler(Fixture);
        var client = new PeerHandler(Fixture);
        var listener = await Await(engine.ListenAsync(Fixture.ListenEndPoint, Wire.Framer, server));
        var connection = await Await(Engine.ConnectAsync(listener.LocalEndPoint, Wire.Framer, client));
        await Until(() => server.Count == 1, "the other side");
        for (var number = 0; number < 500; number++)
        {
            server.Peers()[0].Connection.TrySend(Wire.Bytes(0, number, 10_000), out _);
        }

        var stopping = engine.StopAsync();
        Assert.Same(stopping, engine.StopAsync());
        await Await(stopping);
        await Until(() => client.Peers()[0].IsClosed, "the client's end");
        Assert.Equal(500, client.Peers()[0].Count);
        Assert.Equal(CloseReason.Closed, connection.CloseReason);
        Assert.Empty(engine.Arena.Outstanding());
        Assert.Throws<ObjectDisposedException>(() => { _ = engine.ConnectAsync(listener.LocalEndPoint, Wire.Framer).GetAwaiter().GetResult(); });
        Assert.Equal(1, Fixture.Log.Count(EngineStopped));
    }

    [Fact]
    public async Task StopResetsWhatDoesNotDrainInTime()
    {
        var engine = CreateEngine(new EngineOptions());
        var server = new PeerHandler(Fixture);
        var client = new PeerHandler(Fixture);
        var listener = await Await(engine.ListenAsync(Fixture.ListenEndPoint, Wire.Framer, server, Tight));
        await Await(Engine.ConnectAsync(listener.LocalEndPoint, Wire.Framer, client, Tight));
        await Until(() => server.Count == 1, "the other side");
        await Stall(client.Peers()[0]);
        for (var number = 0; number < 500; number++)
        {
            server.Peers()[0].Connection.TrySend(Wire.Bytes(0, number, 10_000), out _);
        }

        await Await(engine.StopAsync(TimeSpan.FromMilliseconds(200)));
        Assert.Equal(CloseReason.ChannelStopped, server.Peers()[0].Connection.CloseReason);
        Assert.Empty(engine.Arena.Outstanding());
    }

    [Fact]
    public async Task StopWithEverythingInFlightLeaksNothing()
    {
        var engine = CreateEngine(new EngineOptions());
        var group = engine.CreateGroup("storm");
        var server = new PeerHandler(Fixture) { WhenConnected = peer => group.Add(peer.Connection) };
        server.WhenReceived = (Peer peer, in ReceivedRecord record) =>
        {
            using var kept = record.ToRecord();
            group.TrySend(kept, out _);
        };
        var listener = await Await(engine.ListenAsync(Fixture.ListenEndPoint, Wire.Framer, server, Tight));
        var clients = new List<RecordConnection>();
        for (var index = 0; index < 10; index++)
        {
            clients.Add(await Await(engine.ConnectAsync(listener.LocalEndPoint, Wire.Framer, Tight)));
        }

        await Until(() => server.Count == 10, "the connections");
        for (var number = 0; number < 30; number++)
        {
            foreach (var client in clients)
            {
                client.TrySend(Wire.Bytes(0, number, number % 3 == 0 ? 60_000 : 500), out _);
            }
        }

        await Until(() => clients.All(client => client.TryRead(out var record) && Dispose(record)), "the storm to begin");
        _ = engine.ConnectAsync(listener.LocalEndPoint, Wire.Framer).ContinueWith(task => task.Exception, TaskScheduler.Default);
        await Await(engine.StopAsync(TimeSpan.Zero));
        Assert.Empty(engine.Arena.Outstanding());

        static bool Dispose(Record record)
        {
            record.Dispose();
            return true;
        }
    }

    [Fact]
    public async Task TenListenersServeAtOnce()
    {
        var server = new PeerHandler(Fixture);
        var client = new PeerHandler(Fixture);
        var listeners = new List<RecordListener>();
        for (var index = 0; index < 10; index++)
        {
            listeners.Add(await Listen(server));
        }

        Assert.Equal(10, listeners.Select(listener => listener.LocalEndPoint).Distinct().Count());
        foreach (var listener in listeners)
        {
            var connection = await Await(Engine.ConnectAsync(listener.LocalEndPoint, Wire.Framer, client));
            connection.TrySend(Wire.Bytes(0, 0), out _);
        }

        await Until(() => server.Count == 10 && server.Peers().All(peer => peer.Count == 1), "a record on each");
        await Await(listeners[0].StopAsync());
        await Await(listeners[0].StopAsync());
        await Assert.ThrowsAsync<ConnectException>(() => Await(Engine.ConnectAsync(listeners[0].LocalEndPoint, Wire.Framer)));
        Assert.False(server.Peers()[0].IsClosed);
    }

    [Fact]
    public async Task ManyConnectionsReceiveABroadcast()
    {
        var connections = Fixture.RunsOnThreads ? 2_000 : 300;
        var server = new PeerHandler(Fixture);
        var client = new PeerHandler(Fixture);
        var listener = await Listen(server);
        var group = Engine.CreateGroup("everybody");
        server.WhenConnected = peer => group.Add(peer.Connection);
        for (var done = 0; done < connections; done += 100)
        {
            await Await(Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Engine.ConnectAsync(listener.LocalEndPoint, Wire.Framer, client))));
        }

        await Until(() => group.Count == connections, "the members");
        for (var number = 0; number < 10; number++)
        {
            using var record = NewRecord(0, number, 300);
            Assert.Equal(connections, group.Send(record).Members);
        }

        var peers = client.Peers();
        await Until(() => peers.All(peer => peer.Count == 10), "the records");
        Assert.All(peers, peer => AssertInOrder(peer.NumbersOf(0)));
    }

    [Fact]
    public async Task DatagramsAreEchoed()
    {
        Require.Capability(Fixture.HasDatagrams, "No datagrams.");
        var server = new RecordingDatagrams(Fixture) { WhenReceived = (socket, datagram) => socket.TrySend(datagram.Bytes.Span, datagram.From) };
        var client = new RecordingDatagrams(Fixture);
        var bound = await Await(Engine.BindDatagramAsync(Fixture.ListenEndPoint, server));
        var socket = await Await(Engine.BindDatagramAsync(Fixture.ListenEndPoint, client));

        // The engine takes its channels in turn, beginning with the second: the client's is the first.
        var channel = Engine.Channels[0];
        var payload = new byte[100];
        Pattern.Fill(payload, 0);
        for (var count = 1; count <= 20; count++)
        {
            await Fixture.Run(channel, () => Assert.True(socket.TrySend(payload, bound.LocalEndPoint.Serialize())));
            await Until(() => client.Count == count, "the echo");
        }
    }
}
