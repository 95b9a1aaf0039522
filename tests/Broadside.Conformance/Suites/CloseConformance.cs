namespace Broadside.Conformance.Suites;

/// <summary>Connections end in order: gracefully with every byte delivered, or at once.</summary>
public abstract class CloseConformance<TFixture> : ConformanceTest<TFixture>
    where TFixture : BackendFixture, new()
{
    [Fact]
    public async Task ClientEndsItsDirectionFirst()
    {
        var pair = await ConnectPair();
        await pair.OnClient(client => client.SendPattern(0, 10));
        await pair.OnClient(client => client.ShutdownSend());
        await Fixture.Until(() => pair.Server.PeerClosedCount == 1, "the client's end");
        Assert.Equal(10, pair.Server.ReceivedLength);
        await pair.OnServer(server => server.SendPattern(0, 100_000));
        await pair.UntilReceived(pair.Client, 100_000);
        Assert.False(pair.Client.IsClosed);
        await pair.OnServer(server => server.ShutdownSend());
        await UntilClosed(pair.Client, pair.Server);
        Assert.Equal(1, pair.Client.PeerClosedCount);
        Assert.Equal(CloseReason.Closed, pair.Client.Reason);
        Assert.Equal(CloseReason.Closed, pair.Server.Reason);
    }

    [Fact]
    public async Task ServerEndsItsDirectionFirst()
    {
        var pair = await ConnectPair();
        await pair.OnServer(server => server.ShutdownSend());
        await Fixture.Until(() => pair.Client.PeerClosedCount == 1, "the server's end");
        await pair.OnClient(client => client.SendPattern(0, 100_000));
        await pair.UntilReceived(pair.Server, 100_000);
        await pair.OnClient(client => client.Close());
        await UntilClosed(pair.Client, pair.Server);
        Assert.Equal(CloseReason.Closed, pair.Client.Reason);
        Assert.Equal(CloseReason.Closed, pair.Server.Reason);
    }

    [Fact]
    public async Task BothCloseAtOnce()
    {
        var pair = await ConnectPair();
        var isOneChannel = pair.Client.Connection.Channel == pair.Server.Connection.Channel;
        await pair.OnClient(client =>
        {
            client.Close();
            client.Close();
            if (isOneChannel)
            {
                pair.Server.Close();
            }
        });
        if (!isOneChannel)
        {
            await pair.OnServer(server => server.Close());
        }

        await UntilClosed(pair.Client, pair.Server);
        Assert.Equal(CloseReason.Closed, pair.Client.Reason);
        Assert.Equal(CloseReason.Closed, pair.Server.Reason);
    }

    [Fact]
    public async Task SendsNothingAfterTheEndOfItsDirection()
    {
        var pair = await ConnectPair();
        await pair.OnClient(client =>
        {
            client.ShutdownSend();
            var batch = new PatternBatch(Fixture.Arena, 0, 10);
            Assert.Throws<InvalidOperationException>(() => client.Connection.Send(batch));
            client.Close();
            Assert.Throws<InvalidOperationException>(() => client.Connection.Send(batch));
            batch.Free();
        });
        await pair.OnServer(server => server.Close());
        await UntilClosed(pair.Client, pair.Server);
    }

    [Fact]
    public async Task ClosesWithUnsentDataAgainstASlowReader()
    {
        const int Length = 2 * 1024 * 1024;
        var server = Handler();
        server.WhenConnected = handler => handler.PauseReceive();
        server.WhenPeerClosed = handler => handler.Close();
        var small = new TransportOptions { ReceiveBufferSize = 32 * 1024, SendBufferSize = 32 * 1024 };
        var pair = await ConnectPair(server: server, transport: small);
        await pair.OnClient(client =>
        {
            Assert.Equal(SendStatus.Pending, client.SendPattern(0, Length));
            client.Close();
        });
        await pair.OnServer(handler => handler.ResumeReceive());
        await UntilClosed(pair.Client, pair.Server);
        Assert.Equal(Length, server.ReceivedLength);
        Assert.Equal(1, pair.Client.AcceptedCount);
        Assert.Equal(CloseReason.Closed, pair.Client.Reason);
        Assert.Equal(CloseReason.Closed, server.Reason);
    }

    [Fact]
    public async Task WithoutLingeringItIsOverOnceEverythingIsSentAndThePeerGetsAll()
    {
        const int Length = 2 * 1024 * 1024;
        var server = Handler();
        var pair = await ConnectPair(server: server, transport: new TransportOptions { LingerOnClose = false });
        await pair.OnClient(client =>
        {
            client.SendPattern(0, Length);
            client.Close();
        });
        await UntilClosed(pair.Client);
        Assert.Equal(CloseReason.Closed, pair.Client.Reason);
        await Fixture.Until(() => server.PeerClosedCount == 1, "the client's end");
        Assert.Equal(Length, server.ReceivedLength);
        Assert.False(server.IsClosed);
        await pair.OnServer(handler => handler.Close());
        await UntilClosed(server);
        Assert.Equal(CloseReason.Closed, server.Reason);
    }

    [Fact]
    public async Task WithoutLingeringWhatStillArrivesResetsTheConnection()
    {
        var server = Handler();
        var pair = await ConnectPair(server: server, transport: new TransportOptions { LingerOnClose = false });
        await pair.OnClient(client => client.Close());
        await UntilClosed(pair.Client);
        await Fixture.Until(() => server.PeerClosedCount == 1, "the client's end");
        await pair.OnServer(handler => handler.SendPattern(0, 2 * 1024 * 1024));
        await UntilClosed(server);
        Assert.Equal(CloseReason.PeerReset, server.Reason);
    }

    [Fact]
    public async Task DiscardsWhatArrivesWhileClosing()
    {
        var pair = await ConnectPair();
        await pair.OnServer(server => server.Close());
        await Fixture.Until(() => pair.Client.PeerClosedCount == 1, "the server's end");
        await pair.OnClient(client =>
        {
            client.SendPattern(0, 500_000);
            client.Close();
        });
        await UntilClosed(pair.Client, pair.Server);
        Assert.Equal(0, pair.Server.ReceivedLength);
        Assert.Equal(0, pair.Server.PeerClosedCount);
        Assert.Equal(CloseReason.Closed, pair.Client.Reason);
        Assert.Equal(CloseReason.Closed, pair.Server.Reason);
    }

    [Fact]
    public async Task ResetsWhenThePeerDoesNotCloseInTime()
    {
        var impatient = new TransportOptions { CloseTimeout = TimeSpan.FromMilliseconds(50) };
        var pair = await ConnectPair(transport: impatient);
        await pair.OnClient(client => client.Close());
        await UntilClosed(pair.Client);
        Assert.Equal(CloseReason.TimedOut, pair.Client.Reason);

        // After the peer's end there is nothing to receive, so that not every transport notices the reset before it sends.
        await pair.OnServer(server =>
        {
            if (!server.IsClosed)
            {
                server.SendPattern(0, 1000);
            }
        });
        await UntilClosed(pair.Server);
        Assert.Equal(CloseReason.PeerReset, pair.Server.Reason);
        Assert.Equal(1, pair.Server.PeerClosedCount);
    }

    [Fact]
    public async Task AbortResetsThePeer()
    {
        var pair = await ConnectPair();
        await pair.OnClient(client =>
        {
            client.Abort(CloseReason.IdleTimeout);
            client.Abort();
            client.Close();
            client.ShutdownSend();
            client.PauseReceive();
            client.ResumeReceive();
        });
        await UntilClosed(pair.Client, pair.Server);
        Assert.Equal(CloseReason.IdleTimeout, pair.Client.Reason);
        Assert.Equal(CloseReason.PeerReset, pair.Server.Reason);
    }

    [Fact]
    public async Task AbortReleasesAPendingSend()
    {
        var pair = await ConnectPair();
        await pair.OnServer(server => server.PauseReceive());
        await pair.Saturate(pair.Client);
        await pair.OnClient(client => client.Abort());
        await UntilClosed(pair.Client);
        Assert.Equal(1, pair.Client.ReleasedCount);
        Assert.Equal(0, pair.Client.AcceptedCount);
        Assert.Equal(CloseReason.Aborted, pair.Client.Reason);
    }

    [Fact]
    public async Task AbortDuringAGracefulCloseReportsItsOwnReason()
    {
        var pair = await ConnectPair();
        await pair.OnClient(client => client.Close());
        await pair.OnClient(client => client.Abort(CloseReason.SlowMember));
        await UntilClosed(pair.Client);
        Assert.Equal(CloseReason.SlowMember, pair.Client.Reason);
    }

    [Fact]
    public async Task ResetInTheMiddleOfARecord()
    {
        var target = Fixture.Arena.Allocate(1024 * 1024);
        var server = Handler();
        server.WhenConnected = handler => handler.ReceiveInto(target);
        server.WhenClosed = _ => Fixture.Arena.Free(target);
        var pair = await ConnectPair(server: server);
        await pair.OnClient(client => client.SendPattern(0, 300_000));
        await pair.OnClient(client => client.Abort());
        await UntilClosed(pair.Client, server);
        Assert.Equal(CloseReason.PeerReset, server.Reason);
        Assert.Equal(0, server.ExtentCount);
    }

    [Fact]
    public async Task ResetFailsAPendingSend()
    {
        var pair = await ConnectPair();
        await pair.OnServer(server => server.PauseReceive());
        await pair.Saturate(pair.Client);
        await pair.OnServer(server => server.Abort());
        await UntilClosed(pair.Client, pair.Server);
        Assert.Equal(CloseReason.PeerReset, pair.Client.Reason);
        Assert.Equal(1, pair.Client.ReleasedCount);
    }

    [Fact]
    public async Task SendAfterAnAbortIsReleasedBeforeTheEnd()
    {
        var pair = await ConnectPair();
        await pair.OnClient(client =>
        {
            client.Abort();
            Assert.Equal(SendStatus.Pending, client.SendPattern(0, 1000));
        });
        await UntilClosed(pair.Client);
        Assert.Equal(1, pair.Client.ReleasedCount);
        Assert.Equal(0, pair.Client.AcceptedCount);
    }
}
