using Broadside.Conformance.Engine.Harness;

namespace Broadside.Conformance.Engine;

/// <summary>Guarantees 1 and 2: whole records, and records of equal priority in the order in which they were sent.</summary>
public abstract class OrderConformance<TFixture> : EngineTest<TFixture>
    where TFixture : BackendFixture, new()
{
    private const int Filler = 200;
    private static readonly int[] Lengths = [Wire.HeaderLength, 40, 1_000, 4_096, 4_097, 70_000, 300_000];

    [Fact]
    public async Task RecordsOfAllSizesArriveWhole()
    {
        var link = await Connect();
        var group = Engine.CreateGroup("whole");
        Assert.True(group.Add(link.Connection));
        for (var number = 0; number < 100; number++)
        {
            using var record = NewRecord(0, number, Lengths[number % Lengths.Length]);
            group.Send(record);
        }

        await Until(() => link.Client.Count == 100, "the records");
        AssertInOrder(link.Client.NumbersOf(0));
    }

    [Fact]
    public async Task DirectAndGroupSendsKeepOneOrder()
    {
        var link = await Connect(Tight);
        var groups = new[] { Engine.CreateGroup("one"), Engine.CreateGroup("other") };
        Array.ForEach(groups, group => group.Add(link.Connection));
        for (var number = 0; number < 600; number++)
        {
            using var record = NewRecord(0, number, Lengths[number % 5]);
            var receipt = (number % 3) switch
            {
                0 => link.Connection.Send(record),
                var which => groups[which - 1].Send(record),
            };
            Assert.Equal(1, receipt.Members);
        }

        await Until(() => link.Client.Count == 600, "the records");
        AssertInOrder(link.Client.NumbersOf(0));
    }

    [Fact]
    public async Task EachOfSeveralSendersKeepsItsOrder()
    {
        const int Senders = 4;
        const int Each = 1_000;
        var links = await Connect(3);
        var group = Engine.CreateGroup("senders");
        Array.ForEach(links, link => group.Add(link.Connection));
        var senders = Enumerable.Range(0, Senders).Select(sender => Task.Run(() =>
        {
            for (var number = 0; number < Each; number++)
            {
                group.TrySend(Wire.Bytes(sender, number, Lengths[number % 4]), out _);
            }
        })).ToArray();
        await Await(Task.WhenAll(senders));
        await Until(() => links.All(link => link.Client.Count == Senders * Each), "the records");
        foreach (var link in links)
        {
            for (var sender = 0; sender < Senders; sender++)
            {
                AssertInOrder(link.Client.NumbersOf(sender));
            }
        }
    }

    [Fact]
    public async Task StreamStaysWholeWhateverIsWithdrawnAndPreempted()
    {
        var link = await Connect(Tight);
        await Stall(link.Client);
        var group = Engine.CreateGroup("mixed");
        group.Add(link.Connection);
        var withdrawn = 0;
        for (var number = 0; number < 400; number++)
        {
            using var record = NewRecord(number % 8, number, Lengths[number % 6]);
            var receipt = group.Send(record, new RecordPriority(number % 8));
            if (number % 5 == 4)
            {
                withdrawn += (await Await(group.UnsendAsync(receipt))).Withdrawn;
            }
        }

        link.Client.Connection.ResumeReceive();
        await Until(() => link.Client.Count == 400 - withdrawn, "the records that were left");
        Assert.True(withdrawn > 40, $"only {withdrawn} were withdrawn");
        for (var sender = 0; sender < 8; sender++)
        {
            Assert.Equal(link.Client.NumbersOf(sender).Order(), link.Client.NumbersOf(sender));
        }
    }

    [Fact]
    public async Task UrgentRecordOvertakesWhatIsPending()
    {
        var link = await Connect(Tight);
        await Stall(link.Client);
        for (var number = 0; number < Filler; number++)
        {
            using var record = NewRecord(0, number, 20_000);
            link.Connection.Send(record, RecordPriority.Bulk);
        }

        using var normal = NewRecord(1, 0);
        using var urgent = NewRecord(2, 0);
        link.Connection.Send(normal);
        link.Connection.Send(urgent, RecordPriority.Urgent);
        link.Client.Connection.ResumeReceive();
        await Until(() => link.Client.Count == Filler + 2, "the records");
        var received = link.Client.Received();
        var place = Array.FindIndex(received, sent => sent.Sender == 2);
        Assert.Equal(1, received[place + 1].Sender);
        Assert.InRange(place, 0, Filler - 100);
        AssertInOrder(link.Client.NumbersOf(0));
    }
}
