namespace Broadside.Conformance.Suites;

/// <summary>Receiving can be paused, and directed into the receiver's own memory.</summary>
public abstract class ReceiveConformance<TFixture> : ConformanceTest<TFixture>
    where TFixture : BackendFixture, new()
{
    private const int Mebibyte = 1024 * 1024;

    [Fact]
    public async Task HoldsBackWhilePaused()
    {
        var pair = await ConnectPair();
        await pair.OnServer(server => server.PauseReceive());
        var sent = await pair.Saturate(pair.Client);
        long pausedAt = await Fixture.Run(Channel, () => pair.Server.ReceivedLength);

        // At most once more may bytes be delivered: those already on their way.
        Assert.True(pair.Server.ReceivedCount <= 1, $"{pair.Server.ReceivedCount} deliveries while paused");
        Assert.True(pausedAt < sent, "everything arrived in spite of the pause");
        await pair.OnServer(server => server.ResumeReceive());
        await pair.UntilReceived(pair.Server, sent);
        Assert.Equal(sent, pair.Server.ReceivedLength);
        await Fixture.Until(() => pair.Client.ReleasedCount == 1, "the batch to be released");
    }

    [Fact]
    public async Task CanBePausedAtEachDelivery()
    {
        const int Length = 2 * Mebibyte;
        var server = Handler();
        var paused = false;
        server.WhenReceived = (handler, _) =>
        {
            Assert.False(paused, "delivered while paused");
            handler.PauseReceive();
            paused = true;
            handler.Connection.Channel.Post(new ActionWork(() =>
            {
                paused = false;
                if (!handler.IsClosed)
                {
                    handler.ResumeReceive();
                }
            }));
        };
        var pair = await ConnectPair(server: server);
        await pair.OnClient(client => client.SendPattern(0, Length));
        await pair.UntilReceived(server, Length);
        Assert.False(server.IsClosed, $"closed: {server.Reason} {server.Error}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData((64 * 1024) - 1)]
    [InlineData(64 * 1024)]
    [InlineData((64 * 1024) + 1)]
    [InlineData((128 * 1024) + 5)]
    [InlineData(Mebibyte)]
    public async Task ReceivesIntoAnExtent(int length)
    {
        const int Header = 8;
        const int Trailer = 100;
        var target = Fixture.Arena.Allocate(length);
        var server = Handler();
        server.WhenExtentReceived = (_, extent) => Assert.Equal(target, extent);
        server.WhenReceived = (handler, _) =>
        {
            if (handler.ReceivedLength == Header)
            {
                handler.ReceiveInto(target);
            }
        };
        var pair = await ConnectPair(server: server);
        await pair.OnClient(client => client.SendPattern(0, Header));
        await pair.UntilReceived(server, Header);
        await pair.OnClient(client => client.SendPattern(Header, length / 2 > 0 ? [length / 2, length - (length / 2), Trailer] : [length, Trailer]));
        await pair.UntilReceived(server, Header + length + Trailer);
        Assert.Equal(1, server.ExtentCount);
        Assert.False(server.IsClosed, $"closed: {server.Reason} {server.Error}");
        Fixture.Arena.Free(target);
    }

    [Fact]
    public async Task ReceivesIntoOneExtentAfterAnother()
    {
        const int Length = 100_000;
        const int Count = 20;
        var target = Fixture.Arena.Allocate(Length);
        var server = Handler();
        server.WhenConnected = handler => handler.ReceiveInto(target);
        server.WhenExtentReceived = (handler, extent) =>
        {
            if (handler.ExtentCount < Count)
            {
                handler.ReceiveInto(extent);
            }
        };
        var pair = await ConnectPair(server: server);
        await pair.OnClient(client => client.SendPattern(0, Enumerable.Repeat(Length, Count).ToArray()));
        await pair.UntilReceived(server, (long)Length * Count);
        Assert.Equal(Count, server.ExtentCount);
        Assert.Equal(0, server.ReceivedCount);
        Fixture.Arena.Free(target);
    }

    [Fact]
    public async Task ReceivesIntoAnExtentWhilePaused()
    {
        const int Length = 200_000;
        var target = Fixture.Arena.Allocate(Length);
        var server = Handler();
        server.WhenConnected = handler => handler.PauseReceive();
        var pair = await ConnectPair(server: server);
        await pair.OnServer(handler => handler.ReceiveInto(target));
        await pair.OnClient(client => client.SendPattern(0, Length, 500));
        await Fixture.Until(() => server.ExtentCount == 1, "the extent to fill");
        Assert.True(server.ReceivedCount <= 1);
        await pair.OnServer(handler => handler.ResumeReceive());
        await pair.UntilReceived(server, Length + 500);
        Fixture.Arena.Free(target);
    }

    [Fact]
    public async Task RefusesASecondExtentBeforeTheFirstIsFull()
    {
        var target = Fixture.Arena.Allocate(1000);
        var pair = await ConnectPair();
        await pair.OnServer(server =>
        {
            server.ReceiveInto(target);
            Assert.Throws<InvalidOperationException>(() => server.ReceiveInto(target));
        });
        await pair.OnServer(server => server.Abort());
        await UntilClosed(pair.Server);
        Fixture.Arena.Free(target);
    }

    [Fact]
    public async Task GivesAnUnfinishedExtentBackAtTheEnd()
    {
        var target = Fixture.Arena.Allocate(Mebibyte);
        var server = Handler();
        server.WhenConnected = handler => handler.ReceiveInto(target);
        server.WhenClosed = _ => Fixture.Arena.Free(target);
        var pair = await ConnectPair(server: server);
        await pair.OnClient(client => client.SendPattern(0, 1000));
        await pair.OnClient(client => client.ShutdownSend());
        await Fixture.Until(() => server.PeerClosedCount == 1, "the peer's end");
        await pair.OnServer(handler => handler.Close());
        await UntilClosed(server);
        Assert.Equal(0, server.ExtentCount);
    }
}
