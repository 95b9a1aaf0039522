using Broadside.Conformance.Engine.Harness;

namespace Broadside.Conformance.Engine;

/// <summary>Guarantee 4: what nobody has begun to receive can be taken back, expires, and is superseded.</summary>
public abstract class UnsendConformance<TFixture> : EngineTest<TFixture>
    where TFixture : BackendFixture, new()
{
    private const int Filler = 100;

    [Fact]
    public async Task GroupSendIsTakenBackFromThoseThatHaveNotBegun()
    {
        var links = await Connect(5, Tight);
        var group = Engine.CreateGroup("news");
        foreach (var link in links)
        {
            group.Add(link.Connection);
            if (link != links[0])
            {
                await StallWithFiller(link);
            }
        }

        using var record = NewRecord(1, 0);
        var receipt = group.Send(record);
        Assert.Equal(5, receipt.Members);
        await Until(() => links[0].Client.NumbersOf(1).Length == 1, "the member that reads");
        var result = await Await(group.UnsendAsync(receipt));
        Assert.Equal(new UnsendResult(4, 1), result);
        await AssertOnlyFillerArrives(links[1..]);
    }

    [Fact]
    public async Task DirectSendIsTakenBack()
    {
        var link = await Connect(Tight);
        await StallWithFiller(link);
        using var record = NewRecord(1, 0);
        var receipt = link.Connection.Send(record);
        Assert.Equal(new UnsendResult(1, 0), await Await(link.Connection.UnsendAsync(receipt)));
        await AssertOnlyFillerArrives(link);
    }

    [Fact]
    public async Task EverySendOfARecordIsTakenBackByTheRecord()
    {
        var link = await Connect(Tight);
        var group = Engine.CreateGroup("news");
        group.Add(link.Connection);
        await StallWithFiller(link);
        using var record = NewRecord(1, 0, 10_000);
        group.Send(record);
        group.Send(record);
        Assert.Equal(new UnsendResult(2, 0), await Await(group.UnsendAsync(record)));
        await AssertOnlyFillerArrives(link);
    }

    [Fact]
    public async Task ReceiptOutlivesItsRecord()
    {
        var link = await Connect(Tight);
        await StallWithFiller(link);
        SendReceipt receipt;
        using (var record = NewRecord(1, 0))
        {
            receipt = link.Connection.Send(record);
        }

        Assert.Equal(1, (await Await(link.Connection.UnsendAsync(receipt))).Withdrawn);
        await AssertOnlyFillerArrives(link);
    }

    [Fact]
    public async Task SupersededAndExpiredRecordsAreNotSent()
    {
        var link = await Connect(Tight);
        var group = Engine.CreateGroup("prices");
        group.Add(link.Connection);
        await StallWithFiller(link);
        RecordKey key = "EURUSD";
        for (var number = 0; number < 10; number++)
        {
            using var price = NewRecord(1, number);
            group.Send(price, new SendOptions { Key = key });
        }

        using var stale = NewRecord(2, 0);
        group.Send(stale, new SendOptions { Expiry = TimeSpan.FromTicks(1) });
        using var fresh = NewRecord(3, 0);
        group.Send(fresh, new SendOptions { Expiry = TimeSpan.FromMinutes(10) });
        link.Client.Connection.ResumeReceive();
        await Until(() => link.Client.NumbersOf(3).Length == 1, "the record that is not stale");
        Assert.Equal([9], link.Client.NumbersOf(1));
        Assert.Empty(link.Client.NumbersOf(2));
    }

    [Fact]
    public async Task ReceiptOfAnotherGroupIsRefused()
    {
        var link = await Connect();
        var group = Engine.CreateGroup("one");
        group.Add(link.Connection);
        using var record = NewRecord(0, 0);
        var receipt = group.Send(record);
        Assert.Throws<ArgumentException>(() => _ = Engine.CreateGroup("other").UnsendAsync(receipt));
        await Until(() => link.Client.Count == 1, "the record");
    }

    private async Task StallWithFiller(Link link)
    {
        await Stall(link.Client);
        for (var number = 0; number < Filler; number++)
        {
            using var record = NewRecord(0, number, 20_000);
            link.Connection.Send(record);
        }
    }

    private async Task AssertOnlyFillerArrives(params Link[] links)
    {
        foreach (var link in links)
        {
            using var last = NewRecord(9, 0);
            link.Connection.Send(last);
            link.Client.Connection.ResumeReceive();
        }

        await Until(() => links.All(link => link.Client.NumbersOf(9).Length == 1), "the last record");
        foreach (var link in links)
        {
            Assert.Equal(Filler + 1, link.Client.Count);
        }
    }
}
