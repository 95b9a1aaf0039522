using Broadside.Conformance.Engine.Harness;

namespace Broadside.Conformance.Engine;

/// <summary>A member gets what was sent while it was one: nothing from before it joined, nothing from after it left.</summary>
public abstract class MembershipConformance<TFixture> : EngineTest<TFixture>
    where TFixture : BackendFixture, new()
{
    [Fact]
    public async Task JoiningAndLeavingTakeEffectWhereTheyAreCalled()
    {
        var links = await Connect(2);
        var group = Engine.CreateGroup("changing");
        var member = links[0].Connection;
        group.Add(links[1].Connection);
        for (var number = 0; number < 300; number++)
        {
            Assert.True(number % 10 != 0 || group.Add(member));
            Send(group, number % 10, number);
            if (number % 10 == 7)
            {
                Assert.True(await Await(group.RemoveAsync(member)));
            }
        }

        await Until(() => links[0].Client.Count == 240 && links[1].Client.Count == 300, "the records");
        Assert.All(links[0].Client.Received(), sent => Assert.InRange(sent.Sender, 0, 7));
    }

    [Fact]
    public async Task NothingPendingIsSentAfterRemove()
    {
        var link = await Connect(Tight);
        var group = Engine.CreateGroup("left");
        group.Add(link.Connection);
        await Stall(link.Client);
        for (var number = 0; number < 200; number++)
        {
            Send(group, 0, number, 20_000);
        }

        Assert.True(group.Remove(link.Connection));
        Assert.False(group.Remove(link.Connection));
        Send(group, 1, 0);
        using var last = NewRecord(2, 0);
        link.Connection.Send(last);
        link.Client.Connection.ResumeReceive();
        await Until(() => link.Client.NumbersOf(2).Length == 1, "the direct record");
        Assert.InRange(link.Client.NumbersOf(0).Length, 0, 100);
        AssertInOrder(link.Client.NumbersOf(0));
        Assert.Empty(link.Client.NumbersOf(1));
    }

    [Fact]
    public async Task RemoveAsyncEndsWhenAllWasSent()
    {
        var link = await Connect(Tight);
        var group = Engine.CreateGroup("draining");
        group.Add(link.Connection);
        await Stall(link.Client);
        for (var number = 0; number < 200; number++)
        {
            Send(group, 0, number, 20_000);
        }

        var leaving = group.RemoveAsync(link.Connection);
        Assert.False(group.Contains(link.Connection));
        Assert.False(group.Add(link.Connection), "a member that is leaving cannot join");
        Send(group, 1, 0);
        await Fixture.Run(link.Connection.Channel, () => { });
        Assert.False(leaving.IsCompleted);
        link.Client.Connection.ResumeReceive();
        Assert.True(await Await(leaving));
        Assert.False(await Await(group.RemoveAsync(link.Connection)));
        Assert.True(group.Add(link.Connection));
        Send(group, 2, 0);
        await Until(() => link.Client.NumbersOf(2).Length == 1, "what was sent after joining again");
        Assert.Equal(200, link.Client.NumbersOf(0).Length);
        Assert.Empty(link.Client.NumbersOf(1));
    }

    [Fact]
    public async Task EveryThreadThatAddsMaySendAtOnce()
    {
        var links = await Connect(8);
        var group = Engine.CreateGroup("joining");
        var adding = links.Select((link, index) => Task.Run(() =>
        {
            Assert.True(group.Add(link.Connection));
            Send(group, index, 0);
        })).ToArray();
        await Await(Task.WhenAll(adding));
        await Until(() => Enumerable.Range(0, 8).All(index => links[index].Client.NumbersOf(index).Length == 1), "each its own record");
        Assert.Equal(8, group.Count);
        Assert.Equal(8, group.Members().Count);
    }

    [Fact]
    public async Task OriginIsLeftOut()
    {
        RecordGroup? chat = null;
        var server = new PeerHandler(Fixture) { WhenConnected = peer => chat!.Add(peer.Connection) };
        server.WhenReceived = (Peer peer, in ReceivedRecord record) =>
        {
            using var kept = record.ToRecord();
            chat!.Send(kept, new SendOptions { Except = peer.Connection });
        };
        chat = Engine.CreateGroup("chat");
        var links = await Connect(3, server: server);
        for (var index = 0; index < 3; index++)
        {
            for (var number = 0; number < 50; number++)
            {
                using var line = NewRecord(index, number, 100);
                links[index].Client.Connection.Send(line);
            }
        }

        await Until(() => links.All(link => link.Client.Count == 100), "the lines of the others");
        for (var index = 0; index < 3; index++)
        {
            Assert.Empty(links[index].Client.NumbersOf(index));
            AssertInOrder(links[index].Client.NumbersOf((index + 1) % 3));
        }
    }

    [Fact]
    public async Task ClosedConnectionIsNoMember()
    {
        var link = await Connect();
        var group = Engine.CreateGroup("gone");
        group.Add(link.Connection);
        link.Connection.Abort();
        await Until(() => link.Server.IsClosed && link.Client.IsClosed, "the end");
        Assert.Equal(0, group.Count);
        Assert.False(group.Add(link.Connection));
        using var record = NewRecord(0, 0);
        Assert.Equal(0, group.Send(record).Members);
        Assert.Equal(0, link.Connection.Send(record).Members);
    }

    [Fact]
    public async Task DisposedGroupSendsWhatIsPendingAndNoMore()
    {
        var link = await Connect();
        var group = Engine.CreateGroup("disposed");
        group.Add(link.Connection);
        Send(group, 0, 0);
        group.Dispose();
        group.Dispose();
        using var record = NewRecord(0, 1);
        Assert.Throws<ObjectDisposedException>(() => group.Send(record));
        Assert.False(group.Add(link.Connection));
        await Until(() => link.Client.Count == 1, "the record sent before");
    }

    [Fact]
    public async Task OneCopyServesAllReceivers()
    {
        const int Receivers = 20;
        const int Large = 1 << 20;
        var links = await Connect(Receivers, Tight);
        var group = Engine.CreateGroup("one copy");
        foreach (var link in links)
        {
            group.Add(link.Connection);
            await Stall(link.Client);
        }

        var before = Engine.Arena.AllocatedBytes;
        for (var number = 0; number < 4; number++)
        {
            Send(group, 0, number, Large);
        }

        for (var number = 0; number < 1_000; number++)
        {
            Send(group, 1, number, 100);
        }

        foreach (var channel in Engine.Channels)
        {
            await Fixture.Run(channel, () => { });
        }

        // The large records, the log's segments for the small ones, and receive buffers; not one byte for each receiver.
        Assert.InRange(Engine.Arena.AllocatedBytes - before, 4 * Large, (4 * Large) + (1 << 20));
        Array.ForEach(links, link => link.Client.Connection.ResumeReceive());
        await Until(() => links.All(link => link.Client.Count == 1_004), "the records");
    }

    private void Send(RecordGroup group, int sender, int number, int length = Wire.HeaderLength)
    {
        using var record = NewRecord(sender, number, length);
        group.Send(record);
    }
}
