using Broadside.Conformance.Engine.Harness;

namespace Broadside.Conformance.Engine;

/// <summary>Receiving by asynchronous code: waits, cancellation, the end, and what is left unread.</summary>
public abstract class ReadingConformance<TFixture> : EngineTest<TFixture>
    where TFixture : BackendFixture, new()
{
    [Fact]
    public async Task RecordsAreReadInOrderUntilTheEnd()
    {
        var (client, server) = await ConnectReader();
        for (var number = 0; number < 1_000; number++)
        {
            client.TrySend(Wire.Bytes(0, number, 100), out _);
        }

        var closing = client.CloseAsync();
        var numbers = new List<int>();
        await Await(Read());
        AssertInOrder([.. numbers]);
        Assert.Equal(1_000, numbers.Count);
        Assert.False(await Await(server.WaitToReadAsync()));
        Assert.False(server.TryRead(out _));
        await Assert.ThrowsAsync<EndOfStreamException>(() => Await(server.ReceiveAsync()));
        await Await(server.CloseAsync());
        await Await(closing);
        Assert.Equal(CloseReason.Closed, server.CloseReason);
        Assert.Equal(CloseReason.Closed, client.CloseReason);

        async Task Read()
        {
            await foreach (var record in server.ReadAllAsync())
            {
                using (record)
                {
                    numbers.Add(Wire.Read(record.Span)!.Value.Number);
                }
            }
        }
    }

    [Fact]
    public async Task CancelledWaitLosesNothing()
    {
        var (client, server) = await ConnectReader();
        for (var number = 0; number < 50; number++)
        {
            using var cancellation = new CancellationTokenSource();
            var waiting = server.ReceiveAsync(cancellation.Token).AsTask();
            Assert.False(waiting.IsCompleted);
            cancellation.Cancel();
            var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Await(waiting));
            Assert.Equal(cancellation.Token, exception.CancellationToken);
            client.TrySend(Wire.Bytes(0, number, 100), out _);
            using var record = await Await(server.ReceiveAsync());
            Assert.Equal(number, Wire.Read(record.Span)!.Value.Number);
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Await(server.WaitToReadAsync(new CancellationToken(true))));
    }

    [Fact]
    public async Task SecondWaitIsRefused()
    {
        var (client, server) = await ConnectReader();
        var waiting = server.WaitToReadAsync().AsTask();
        Assert.Throws<InvalidOperationException>(() => _ = server.WaitToReadAsync());
        client.TrySend(Wire.Bytes(0, 0), out _);
        Assert.True(await Await(waiting));
        Assert.True(await Await(server.WaitToReadAsync()));
        Assert.True(server.TryRead(out var record));
        record.Dispose();
    }

    [Fact]
    public async Task UnreadRecordsAreDisposedAtClose()
    {
        var (client, server) = await ConnectReader();
        for (var number = 0; number < 20; number++)
        {
            client.TrySend(Wire.Bytes(0, number, 50_000), out _);
        }

        Assert.True(await Await(server.WaitToReadAsync()));
        await Await(Task.WhenAll(server.CloseAsync(), client.CloseAsync()));
        Assert.False(server.TryRead(out _));
        Assert.False(await Await(server.WaitToReadAsync()));
    }

    [Fact]
    public async Task WaitEndsWithTheConnection()
    {
        var (client, server) = await ConnectReader();
        var waiting = server.WaitToReadAsync().AsTask();
        client.Abort();
        Assert.False(await Await(waiting));
        await Await(Task.WhenAll(server.WhenClosed(), client.WhenClosed()));
        Assert.Equal(CloseReason.PeerReset, server.CloseReason);
        Assert.Equal(CloseReason.Aborted, client.CloseReason);
    }

    [Fact]
    public async Task PausedConnectionIsNotReadUntilResumed()
    {
        var (client, server) = await ConnectReader(Tight with { MaximumBacklog = 1_000 });
        server.PauseReceive();
        await Fixture.Run(server.Channel, () => { });
        for (var number = 0; number < 300; number++)
        {
            client.TrySend(Wire.Bytes(0, number, 10_000), out _);
        }

        // What had arrived may be delivered; reading it must not end the pause.
        for (var round = 0; round < 20; round++)
        {
            while (server.TryRead(out var early))
            {
                early.Dispose();
                Assert.Fail("A record arrived although nothing had been sent before the pause.");
            }

            await Fixture.Run(server.Channel, () => { });
        }

        server.ResumeReceive();
        for (var number = 0; number < 300; number++)
        {
            using var record = await Await(server.ReceiveAsync());
            Assert.Equal(number, Wire.Read(record.Span)!.Value.Number);
        }
    }

    [Fact]
    public async Task HandlerStyleConnectionCannotBeRead()
    {
        var link = await Connect();
        Assert.Throws<InvalidOperationException>(() => link.Connection.TryRead(out _));
        Assert.Throws<InvalidOperationException>(() => _ = link.Connection.WaitToReadAsync());
    }

    [Fact]
    public async Task RecordsLeftUnreadComeAgainWhenResumed()
    {
        const int Records = 200;
        var client = new PeerHandler(Fixture) { ReadLimit = 3 };
        var link = await Connect(Tight, client: client);
        for (var number = 0; number < Records; number++)
        {
            link.Connection.TrySend(Wire.Bytes(0, number, number % 10 == 9 ? 40_000 : 200), out _);
        }

        _ = link.Connection.CloseAsync();
        while (link.Client.Count < Records)
        {
            var count = link.Client.Count;
            Assert.Equal(0, link.Client.PeerClosedCount);
            await Until(() => link.Client.Count > count || count == 0 || link.Client.Batches > 0, "a batch");
            link.Client.Connection.ResumeReceive();
            await Until(() => link.Client.Count > count, "more records");
        }

        AssertInOrder(link.Client.NumbersOf(0));
        link.Client.Connection.ResumeReceive();
        await Until(() => link.Client.PeerClosedCount == 1 && link.Client.IsClosed, "the end");
    }

    private async Task<(RecordConnection Client, RecordConnection Server)> ConnectReader(ConnectionOptions? options = null)
    {
        RecordConnection? accepted = null;
        var listener = await Listen(
            connection =>
            {
                accepted = connection;
                Fixture.Signal();

                // The connection stays until it is over by other means.
                var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                connection.Closed.Register(over.SetResult);
                return over.Task;
            },
            options);
        var client = await Await(Engine.ConnectAsync(listener.LocalEndPoint, Wire.Framer, options));
        await Until(() => accepted is not null, "the other side");
        return (client, accepted!);
    }
}
