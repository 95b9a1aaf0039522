namespace Broadside.Conformance.Suites;

/// <summary>The callbacks of a handler.</summary>
public enum Callback
{
    Connected,
    Received,
    ExtentReceived,
    Accepted,
    Released,
    PeerClosed,
    Closed,
}

/// <summary>A handler that throws loses its own connection and harms no other.</summary>
public abstract class FaultConformance<TFixture> : ConformanceTest<TFixture>
    where TFixture : BackendFixture, new()
{
    private const int HandlerFaultedEvent = 100;

    [Theory]
    [InlineData(Callback.Connected)]
    [InlineData(Callback.Received)]
    [InlineData(Callback.ExtentReceived)]
    [InlineData(Callback.Accepted)]
    [InlineData(Callback.Released)]
    [InlineData(Callback.PeerClosed)]
    [InlineData(Callback.Closed)]
    public async Task AbortsItsOwnConnectionOnly(Callback callback)
    {
        var bystander = await ConnectPair();
        var extent = Fixture.Arena.Allocate(10);
        var server = Handler();
        SetFault(server, callback);
        if (callback == Callback.ExtentReceived)
        {
            server.WhenConnected = handler => handler.ReceiveInto(extent);
        }

        var client = Handler();
        client.WhenConnected = handler => handler.PauseReceive();
        var pair = await ConnectPair(client, server);
        await Provoke(pair, callback);
        await UntilClosed(server);
        Assert.Equal(callback == Callback.Closed ? CloseReason.Aborted : CloseReason.HandlerFault, server.Reason);
        await Fixture.Until(() => Fixture.Log.Count(HandlerFaultedEvent) > 0, "the fault to be logged");
        if (callback != Callback.Closed)
        {
            Assert.Equal("On purpose.", server.Error?.Message);
        }

        await bystander.OnClient(handler => handler.SendPattern(0, 1000));
        await bystander.UntilReceived(bystander.Server, 1000);
        Assert.False(bystander.Server.IsClosed);
        Fixture.Arena.Free(extent);
    }

    private static void SetFault(RecordingHandler server, Callback callback)
    {
        switch (callback)
        {
            case Callback.Connected:
                server.WhenConnected = _ => Throw();
                break;
            case Callback.Received:
                server.WhenReceived = (_, _) => Throw();
                break;
            case Callback.ExtentReceived:
                server.WhenExtentReceived = (_, _) => Throw();
                break;
            case Callback.Accepted:
                server.WhenAccepted = (_, _) => Throw();
                break;
            case Callback.Released:
                server.WhenReleased = (_, _) => Throw();
                break;
            case Callback.PeerClosed:
                server.WhenPeerClosed = _ => Throw();
                break;
            default:
                server.WhenClosed = _ => Throw();
                break;
        }
    }

    private static async Task Provoke(Pair pair, Callback callback)
    {
        switch (callback)
        {
            case Callback.Received or Callback.ExtentReceived:
                await pair.OnClient(client => client.SendPattern(0, 10));
                break;
            case Callback.Accepted or Callback.Released:
                // The client is paused until the server's send is pending, so that acceptance has to be reported.
                await pair.Saturate(pair.Server);
                await pair.OnClient(client => client.ResumeReceive());
                break;
            case Callback.PeerClosed:
                await pair.OnClient(client => client.ShutdownSend());
                break;
            case Callback.Closed:
                await pair.OnServer(server => server.Abort());
                break;
        }
    }

    private static void Throw() => throw new InvalidOperationException("On purpose.");
}
