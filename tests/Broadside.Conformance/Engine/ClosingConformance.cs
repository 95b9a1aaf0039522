using Broadside.Conformance.Engine.Harness;

namespace Broadside.Conformance.Engine;

/// <summary>How connections end: gracefully with everything sent, at once, by their handler's return and by its exception.</summary>
public abstract class ClosingConformance<TFixture> : EngineTest<TFixture>
    where TFixture : BackendFixture, new()
{
    private const int Many = 300;
    private const int HandlerFaulted = 300;
    private const int ChannelHandlerFaulted = 100;

    [Fact]
    public async Task EverythingSentBeforeCloseArrives()
    {
        var link = await Connect(Tight);
        var group = Engine.CreateGroup("pending");
        group.Add(link.Connection);
        for (var number = 0; number < Many; number++)
        {
            _ = number % 2 == 0
                ? group.TrySend(Wire.Bytes(0, number, 10_000), out var receipt)
                : link.Connection.TrySend(Wire.Bytes(0, number, 10_000), out receipt);
            Assert.Equal(1, receipt.Members);
        }

        var closing = link.Connection.CloseAsync();
        await Await(Task.WhenAll(closing, link.Connection.CloseAsync(), link.Connection.DisposeAsync().AsTask()));
        Assert.Equal(CloseReason.Closed, link.Connection.CloseReason);
        Assert.True(link.Connection.IsClosed);
        await Until(() => link.Client.IsClosed, "the other side");
        Assert.Equal(CloseReason.Closed, link.Client.Connection.CloseReason);
        Assert.Equal(Many, link.Client.Count);
        AssertInOrder(link.Client.NumbersOf(0));
        Assert.Equal(0, group.Count);
    }

    [Fact]
    public async Task MembershipEndedByAnotherThreadDoesNotHoldUpTheClose()
    {
        for (var round = 0; round < 20; round++)
        {
            var link = await Connect();
            var groups = Enumerable.Range(0, 10).Select(index => Engine.CreateGroup($"group {index}")).ToArray();
            var changing = Task.Run(() =>
            {
                foreach (var group in groups)
                {
                    group.Add(link.Connection);
                    group.TrySend(Wire.Bytes(0, 0), out _);
                    group.Remove(link.Connection);
                }
            });
            var closing = link.Connection.CloseAsync();
            await Await(Task.WhenAll(changing, closing));
            Assert.All(groups, group => Assert.Equal(0, group.Count));
        }
    }

    [Fact]
    public async Task AbortDropsWhatIsPending()
    {
        var link = await Connect(Tight);
        await Stall(link.Client);
        for (var number = 0; number < Many; number++)
        {
            link.Connection.TrySend(Wire.Bytes(0, number, 10_000), out _);
        }

        link.Connection.Abort();
        link.Connection.Abort();
        await Until(() => link.Server.IsClosed, "the end");
        link.Client.Connection.ResumeReceive();
        await Until(() => link.Client.IsClosed, "the other side");
        Assert.Equal(CloseReason.Aborted, link.Connection.CloseReason);
        Assert.Equal(CloseReason.PeerReset, link.Client.Connection.CloseReason);
        await Await(link.Connection.CloseAsync());
    }

    [Fact]
    public async Task ReturnOfTheHandlerClosesGracefully()
    {
        var listener = await Listen(async connection =>
        {
            using var question = await connection.ReceiveAsync();
            for (var number = 0; number < Many; number++)
            {
                connection.TrySend(Wire.Bytes(0, number, 5_000), out _);
            }
        });
        var handler = new PeerHandler(Fixture);
        var client = await Await(Engine.ConnectAsync(listener.LocalEndPoint, Wire.Framer, handler));
        client.TrySend(Wire.Bytes(1, 0), out _);
        await Until(() => handler.Peers()[0].IsClosed, "the end");
        Assert.Equal(Many, handler.Peers()[0].Count);
        Assert.Equal(CloseReason.Closed, client.CloseReason);
    }

    [Fact]
    public async Task ExceptionOfAnAsynchronousHandlerHarmsNoOther()
    {
        var first = true;
        var listener = await Listen(async connection =>
        {
            var faulty = first;
            first = false;
            await foreach (var record in connection.ReadAllAsync())
            {
                using (record)
                {
                    connection.Send(record);
                    if (faulty)
                    {
                        throw new InvalidOperationException("On purpose.");
                    }
                }
            }
        });
        var handler = new PeerHandler(Fixture);
        var faulty = await Await(Engine.ConnectAsync(listener.LocalEndPoint, Wire.Framer, handler));
        faulty.TrySend(Wire.Bytes(0, 0), out _);
        await Until(() => handler.Peers()[0].IsClosed, "the faulty handler's connection to end");
        Assert.Equal(CloseReason.PeerReset, faulty.CloseReason);
        var other = await Await(Engine.ConnectAsync(listener.LocalEndPoint, Wire.Framer, handler));
        other.TrySend(Wire.Bytes(0, 0), out _);
        await Until(() => handler.Peers()[1].Count == 1, "the other's echo");
        Assert.Equal(1, Fixture.Log.Count(HandlerFaulted));
    }

    [Theory]
    [InlineData("received")]
    [InlineData("peer closed")]
    public async Task ExceptionOfACallbackHarmsNoOther(string callback)
    {
        var server = new PeerHandler(Fixture);
        void Throw(string where)
        {
            if (where == callback)
            {
                throw new InvalidOperationException("On purpose.");
            }
        }

        var links = await Connect(2, server: server);
        server.WhenReceived = (Peer peer, in ReceivedRecord record) => Throw("received");
        server.WhenPeerClosed = _ => Throw("peer closed");
        var faulty = links[0].Client;
        faulty.Connection.TrySend(Wire.Bytes(0, 0), out _);
        _ = faulty.Connection.CloseAsync();
        await Until(() => server.Peers().Count(peer => peer.IsClosed) == 1 && faulty.IsClosed, "the faulty connection's end");
        Assert.Equal(CloseReason.HandlerFault, server.Peers().Single(peer => peer.IsClosed).Connection.CloseReason);
        Assert.Equal(1, Fixture.Log.Count(ChannelHandlerFaulted));
        server.WhenReceived = null;
        links[1].Client.Connection.TrySend(Wire.Bytes(0, 0), out _);
        await Until(() => links[1].Server.Count == 1, "the other connection");
    }

    [Fact]
    public async Task ExceptionAtTheBeginningEndsTheConnection()
    {
        var server = new PeerHandler(Fixture) { WhenConnected = _ => throw new InvalidOperationException("On purpose.") };
        var listener = await Listen(server);
        try
        {
            await Await(Engine.ConnectAsync(listener.LocalEndPoint, Wire.Framer));
        }
        catch (ConnectException exception) when (exception.Reason == CloseReason.PeerReset)
        {
            // The reset may come before the client is told of its success.
        }

        await Until(() => server.Count == 1 && server.Peers()[0].IsClosed, "the end");
        Assert.Equal(CloseReason.HandlerFault, server.Peers()[0].Connection.CloseReason);
        Assert.Equal(1, Fixture.Log.Count(ChannelHandlerFaulted));
    }

    [Fact]
    public async Task ConnectionTellsWhoItIsAndThatItIsOver()
    {
        var link = await Connect();
        Assert.NotEqual(link.Connection.Id, link.Client.Connection.Id);
        Assert.Equal(link.Connection.LocalEndPoint, link.Client.Connection.RemoteEndPoint);
        Assert.Equal(link.Connection.RemoteEndPoint, link.Client.Connection.LocalEndPoint);
        Assert.Null(link.Connection.CloseReason);
        Assert.Contains(link.Connection, await Await(Engine.ConnectionsAsync()));
        var over = new TaskCompletionSource();
        var token = link.Connection.Closed;
        token.Register(over.SetResult);
        Assert.False(token.IsCancellationRequested);
        link.Client.Connection.Abort();
        await Await(over.Task);
        Assert.True(link.Connection.IsClosed);
        Assert.Equal(CloseReason.PeerReset, link.Connection.CloseReason);
        await Until(() => link.Client.IsClosed, "the other side");
        Assert.True(link.Client.Connection.Closed.IsCancellationRequested);
        Assert.Equal(1, link.Server.ClosedCount);
        Assert.Empty(await Await(Engine.ConnectionsAsync()));
        Assert.Same(link.Server, link.Connection.State);
    }

    [Fact]
    public async Task PeersEndOfStreamComesAfterItsRecords()
    {
        var server = new PeerHandler(Fixture) { ClosesAfterPeer = false };
        var link = await Connect(server: server);
        for (var number = 0; number < Many; number++)
        {
            link.Client.Connection.TrySend(Wire.Bytes(0, number, 1_000), out _);
        }

        var closing = link.Client.Connection.CloseAsync();
        await Until(() => link.Server.PeerClosedCount == 1, "the end of the stream");
        Assert.Equal(Many, link.Server.Count);
        Assert.False(link.Server.IsClosed);
        await Await(link.Connection.CloseAsync());
        await Await(closing);
        Assert.Equal(CloseReason.Closed, link.Connection.CloseReason);
    }
}
