using Broadside.Conformance.Engine.Harness;

namespace Broadside.Conformance.Engine;

/// <summary>Guarantee 7: every queue has a limit, and what happens at it is what was chosen.</summary>
public abstract class BoundedConformance<TFixture> : EngineTest<TFixture>
    where TFixture : BackendFixture, new()
{
    private const int Length = 20_000;
    private const long Lag = 1 << 20;
    private const int Many = 200;

    [Fact]
    public async Task QueueLimitResetsTheConnection()
    {
        var link = await Connect(Tight with { MaximumQueuedBytes = Lag });
        var group = Engine.CreateGroup("group");
        group.Add(link.Connection);
        await Stall(link.Client);
        Flood(() => group.TrySend(Wire.Bytes(0, 0, Length), out _));
        await UntilEnded(link, CloseReason.QueueLimit);
    }

    [Fact]
    public async Task DirectLimitResetsTheConnection()
    {
        var link = await Connect(Tight with { MaximumDirectBytes = Lag });
        await Stall(link.Client);
        Flood(() => link.Connection.TrySend(Wire.Bytes(0, 0, Length), out _));
        await UntilEnded(link, CloseReason.SlowMember);
    }

    [Fact]
    public async Task DirectSendsWaitWhereThatIsThePolicy()
    {
        var link = await Connect(Tight with { MaximumDirectBytes = Lag, FullQueue = SlowMemberPolicy.Wait });
        await Stall(link.Client);
        var number = 0;
        while (link.Connection.TrySend(Wire.Bytes(0, number, Length), out _))
        {
            number++;
            await Fixture.Run(link.Connection.Channel, () => { });
        }

        using var record = NewRecord(0, number, Length);
        Assert.Throws<GroupFullException>(() => link.Connection.Send(record));
        using var cancellation = new CancellationTokenSource();
        var cancelled = link.Connection.SendAsync(record, default, cancellation.Token).AsTask();
        var waiting = link.Connection.SendAsync(record).AsTask();
        cancellation.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Await(cancelled));
        Assert.False(waiting.IsCompleted);
        link.Client.Connection.ResumeReceive();
        Assert.Equal(1, (await Await(waiting)).Members);
        await Until(() => link.Client.Count == number + 1, "the records");
        AssertInOrder(link.Client.NumbersOf(0));
    }

    [Fact]
    public async Task WaitingSenderIsReleasedByTheConnectionsEnd()
    {
        var link = await Connect(Tight with { MaximumDirectBytes = Lag, FullQueue = SlowMemberPolicy.Wait });
        await Stall(link.Client);
        using var record = NewRecord(0, 0, Length);
        while (link.Connection.TrySend(record, out _))
        {
            await Fixture.Run(link.Connection.Channel, () => { });
        }

        var waiting = link.Connection.SendAsync(record).AsTask();
        link.Connection.Abort();
        await Await(waiting);
        await Until(() => link.Server.IsClosed, "the end");
        Assert.Equal(0, link.Connection.Send(record).Members);
    }

    [Fact]
    public async Task SlowMemberIsDisconnectedAndTheOthersGoOn()
    {
        var links = await Connect(3, Tight);
        var group = Engine.CreateGroup("disconnect", new GroupOptions { MaximumLag = Lag });
        var events = new List<SlowMemberEvent>();
        group.SlowMember += each =>
        {
            lock (events)
            {
                events.Add(each);
            }
        };
        Array.ForEach(links, link => group.Add(link.Connection));
        await Stall(links[0].Client);
        for (var number = 0; number < Many; number++)
        {
            group.TrySend(Wire.Bytes(0, number, Length), out _);
            await Until(() => links[1].Client.Count > number && links[2].Client.Count > number, "the members that read");
        }

        await UntilEnded(links[0], CloseReason.SlowMember);
        var slow = Assert.Single(events);
        Assert.Same(links[0].Connection, slow.Member);
        Assert.Same(group, slow.Group);
        Assert.Equal(SlowMemberPolicy.Disconnect, slow.Policy);
        Assert.Equal(2, group.Count);
        AssertInOrder(links[1].Client.NumbersOf(0));
    }

    [Fact]
    public async Task SlowMemberLosesTheOldestAndIsToldOfTheGap()
    {
        var dropped = 0L;
        var noticed = 0L;
        var options = new GroupOptions
        {
            MaximumLag = Lag,
            SlowMembers = SlowMemberPolicy.DropOldest,
            GapNotice = gap =>
            {
                noticed += gap.Records;
                return NewRecord(7, (int)gap.Records);
            },
        };
        var link = await Connect(Tight);
        var group = Engine.CreateGroup("drop", options);
        group.SlowMember += each => dropped += each.Records;
        group.Add(link.Connection);
        await Stall(link.Client);
        for (var number = 0; number < Many; number++)
        {
            group.TrySend(Wire.Bytes(0, number, Length), out _);
            await Fixture.Run(link.Connection.Channel, () => { });
        }

        link.Client.Connection.ResumeReceive();
        await Until(() => link.Client.NumbersOf(0) is [.., Many - 1], "the newest record");
        var numbers = link.Client.NumbersOf(0);
        Assert.Equal(numbers.Order(), numbers);
        Assert.True(dropped > 0);
        Assert.Equal(Many, numbers.Length + dropped);
        Assert.Equal(dropped, noticed);
        Assert.Equal(dropped, link.Client.NumbersOf(7).Sum());
        Assert.False(link.Connection.IsClosed);
    }

    [Fact]
    public async Task SendersWaitForASlowMemberAndLoseNothing()
    {
        var links = await Connect(2, Tight);
        var group = Engine.CreateGroup("wait", new GroupOptions { MaximumLag = Lag, SlowMembers = SlowMemberPolicy.Wait, WaitTimeout = TimeSpan.FromHours(1) });
        Array.ForEach(links, link => group.Add(link.Connection));
        await Stall(links[0].Client);
        var sent = 0;
        var sending = Send();
        await Until(() => links[1].Client.Count > 20 && links[1].Client.Count == Volatile.Read(ref sent), "the group to be full");
        Assert.False(sending.IsCompleted);
        links[0].Client.Connection.ResumeReceive();
        await Await(sending);
        await Until(() => links.All(link => link.Client.Count == Many), "the records");
        Assert.All(links, link => AssertInOrder(link.Client.NumbersOf(0)));

        async Task Send()
        {
            for (var number = 0; number < Many; number++)
            {
                using var record = NewRecord(0, number, Length);
                await group.SendAsync(record);
                Volatile.Write(ref sent, number + 1);
                Fixture.Signal();
            }
        }
    }

    [Fact]
    public async Task WaitEndsWithTheLaggardAtTheDeadline()
    {
        var links = await Connect(2, Tight);
        var group = Engine.CreateGroup("deadline", new GroupOptions { MaximumLag = Lag, SlowMembers = SlowMemberPolicy.Wait, WaitTimeout = TimeSpan.FromMilliseconds(300) });
        Array.ForEach(links, link => group.Add(link.Connection));
        await Stall(links[0].Client);
        await Await(Send());
        await Until(() => links[1].Client.Count == Many, "the member that reads");
        await UntilEnded(links[0], CloseReason.SlowMember);
        Assert.Equal(1, group.Count);

        async Task Send()
        {
            for (var number = 0; number < Many; number++)
            {
                using var record = NewRecord(0, number, Length);
                await group.SendAsync(record);
            }
        }
    }

    [Fact]
    public async Task PeerThatAcceptsNothingIsGivenUp()
    {
        var link = await Connect(Tight with { SendTimeout = TimeSpan.FromMilliseconds(600) });
        await Stall(link.Client);
        for (var number = 0; number < Many; number++)
        {
            link.Connection.TrySend(Wire.Bytes(0, number, Length), out _);
        }

        await UntilEnded(link, CloseReason.SendTimeout);
    }

    [Fact]
    public async Task SilentPeerIsGivenUp()
    {
        var link = await Connect(new ConnectionOptions { IdleTimeout = TimeSpan.FromMilliseconds(600) });
        await Until(() => link.Server.IsClosed && link.Client.IsClosed, "the idle timeout and what it does to the other end");
        Assert.Contains(CloseReason.IdleTimeout, new[] { link.Connection.CloseReason, link.Client.Connection.CloseReason });
    }

    [Fact]
    public async Task BacklogHoldsTheSenderBackAndLosesNothing()
    {
        const int Records = 400;
        RecordConnection? accepted = null;
        var release = new TaskCompletionSource();
        var received = new List<int>();
        var listener = await Listen(
            async connection =>
            {
                accepted = connection;
                Fixture.Signal();
                await release.Task;
                await foreach (var record in connection.ReadAllAsync())
                {
                    received.Add(Wire.Read(record.Span)!.Value.Number);
                    record.Dispose();
                }
            },
            Tight with { MaximumBacklog = 100_000 });
        var client = await Await(Engine.ConnectAsync(listener.LocalEndPoint, Wire.Framer, Tight));
        for (var number = 0; number < Records; number++)
        {
            client.TrySend(Wire.Bytes(0, number, Length), out _);
        }

        await Until(() => accepted is not null, "the other side");
        for (var round = 0; round < 100 || client.QueuedBytes == 0; round++)
        {
            await Fixture.Run(accepted!.Channel, () => { });
            await Fixture.Run(client.Channel, () => { });
        }

        Assert.True(client.QueuedBytes > Records * Length / 2, $"only {client.QueuedBytes} bytes were held back");
        release.SetResult();
        var closing = client.CloseAsync();
        await Await(closing);
        AssertInOrder([.. received]);
        Assert.Equal(Records, received.Count);
        Assert.Equal(CloseReason.Closed, client.CloseReason);
    }

    private static void Flood(Func<bool> send)
    {
        for (var number = 0; number < Many; number++)
        {
            send();
        }
    }

    private async Task UntilEnded(Link link, CloseReason reason)
    {
        await Until(() => link.Server.IsClosed, "the end");
        Assert.Equal(reason, link.Connection.CloseReason);
    }
}
