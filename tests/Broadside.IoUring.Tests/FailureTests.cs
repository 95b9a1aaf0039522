namespace Broadside.IoUring.Tests;

/// <summary>A channel that cannot go on tells everybody on it, and gives back what it held.</summary>
public sealed class FailureTests : ConformanceTest<TestFixture>
{
    private const int ChannelFailed = 104;
    private const int RingAbandoned = 107;

    [Fact]
    public async Task AFaultOnTheThreadEndsEverythingInOrder()
    {
        var round = new ThrowingRound();
        var channel = Fixture.CreateChannel(start: false);
        channel.Round = round;
        channel.Start();
        var (peer, error) = await FailWithEverythingInFlight(channel, round.Throw);
        Assert.IsType<InvalidOperationException>(error);
        Assert.Equal(CloseReason.PeerReset, peer.Reason);
        Assert.Equal(0, Fixture.Log.Count(RingAbandoned));
    }

    [Fact]
    public async Task ARingThatCannotBeEnteredIsDropped()
    {
        var channel = Fixture.CreateChannel();
        var (_, error) = await FailWithEverythingInFlight(channel, () => TestFixture.Inner(channel).Ring.UnregisterOwnFile());
        Assert.IsAssignableFrom<IOException>(error);
        Assert.Equal(1, Fixture.Log.Count(RingAbandoned));
    }

    [Fact]
    public async Task AnEngineOutlivesOneOfItsChannels()
    {
        await using var engine = new RecordEngine(new IoUringBackend(), new EngineOptions { Channels = 2 });
        await using var listener = await engine.ListenAsync(Fixture.ListenEndPoint, Framers.Lines(), Discard);
        var group = engine.CreateGroup("all");
        var failing = TestFixture.Inner(engine.Channels[0]);
        var members = new List<RecordConnection>();
        for (var count = 0; count < 4; count++)
        {
            members.Add(await engine.ConnectAsync(listener.LocalEndPoint, Framers.Lines()));
            group.Add(members[^1]);
            members[^1].Closed.Register(Fixture.Signal);
        }

        await Fixture.Run(failing, () => failing.Ring.UnregisterOwnFile());
        foreach (var member in members.Where(member => member.Channel == failing))
        {
            await Fixture.Until(() => member.IsClosed, "the members on the channel that failed");
        }

        Assert.False(failing.Post(new ActionWork(() => { })));
        await Fixture.Until(() => failing.Counters.Connections == 0, "the connections on the channel that failed");
        Assert.Equal(1, await Fixture.Run(engine.Channels[1], () => 1));
        await engine.StopAsync();
        Assert.Empty(engine.Arena.Outstanding());
    }

    /// <summary>Fails a channel that has some of everything; what becomes of an idle connection's peer, and the error the others were told.</summary>
    private async Task<(RecordingHandler Peer, Exception? Error)> FailWithEverythingInFlight(IoChannel channel, Action fail)
    {
        Fixture.Options = new IoUringOptions { ZeroCopy = ZeroCopyPolicy.Memory };
        using var silent = Fixture.CreateSilentPeer();
        var target = Fixture.Arena.Allocate(1000);
        var connecting = Handler();
        await Connect(silent.EndPoint, connecting, channel: channel);
        var client = Handler();
        client.WhenPeerClosed = handler => handler.Close();
        var idle = await ConnectPair(client, serverChannel: channel);
        var sending = await ConnectPair(serverChannel: channel);
        var receiving = await ConnectPair(serverChannel: channel);
        var closing = await ConnectPair(serverChannel: channel);
        await sending.OnClient(handler => handler.PauseReceive());
        await sending.Saturate(sending.Server);
        await receiving.OnServer(server => server.ReceiveInto(target));
        await closing.OnServer(server => server.Close());
        var datagrams = new RecordingDatagrams(Fixture);
        await Fixture.Run(channel, () => channel.BindDatagram(Fixture.ListenEndPoint, new DatagramOptions(), datagrams));

        await Fixture.Run(channel, fail);
        RecordingHandler[] all = [connecting, idle.Server, sending.Server, receiving.Server, closing.Server];
        await UntilClosed(all);
        Assert.All(all, handler => Assert.Equal((1, CloseReason.NetworkError), (handler.ClosedCount, handler.Reason)));
        Assert.All(all, handler => Assert.Same(idle.Server.Error, handler.Error));
        Assert.Equal(1, sending.Server.ReleasedCount);
        await Fixture.Until(() => datagrams.ClosedCount == 1, "the end of the datagrams");
        Assert.Same(idle.Server.Error, datagrams.Error);
        await Fixture.Stop(channel);
        Assert.False(channel.Post(new ActionWork(() => { })));
        Assert.Equal(1, Fixture.Log.Count(ChannelFailed));
        await UntilClosed(client);
        Fixture.Arena.Free(target);
        return (client, idle.Server.Error);
    }

    private static async Task Discard(RecordConnection connection)
    {
        await foreach (var record in connection.ReadAllAsync())
        {
            record.Dispose();
        }
    }
}
