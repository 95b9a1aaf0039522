using Broadside.Conformance.Engine.Harness;

namespace Broadside.Conformance.Engine;

/// <summary>Guarantees 6 and 8: application code runs for whole records only, and what is received is sent on without copying.</summary>
public abstract class WakeConformance<TFixture> : EngineTest<TFixture>
    where TFixture : BackendFixture, new()
{
    private const int Large = 1 << 20;

    [Fact]
    public async Task LargeRecordWakesTheHandlerOnce()
    {
        var link = await Connect();
        var counters = link.Client.Connection.Channel.Counters;
        using var record = NewRecord(0, 0, Large);
        link.Connection.Send(record);
        await Until(() => link.Client.Count == 1, "the record");
        Assert.Equal(1, link.Client.Batches);
        Assert.True(counters.Receives > 0);
    }

    [Fact]
    public async Task BurstOfSmallRecordsComesInBatches()
    {
        var link = await Connect();
        var group = Engine.CreateGroup("burst");
        group.Add(link.Connection);
        for (var number = 0; number < 10_000; number++)
        {
            group.TrySend(Wire.Bytes(0, number, 50), out _);
        }

        await Until(() => link.Client.Count == 10_000, "the records");
        AssertInOrder(link.Client.NumbersOf(0));
        Assert.InRange(link.Client.Batches, 1, 3_000);
    }

    [Theory]
    [InlineData(20_000)]
    [InlineData(Large)]
    [InlineData(5 << 20)]
    public async Task LargeRecordIsSentOnWithoutCopying(int length)
    {
        var room = Engine.CreateGroup("splice");
        var server = new PeerHandler(Fixture);
        server.WhenReceived = (Peer peer, in ReceivedRecord record) =>
        {
            using var kept = record.ToRecord();
            Assert.True(kept.Sequence.FirstSpan.Overlaps(record.Sequence.FirstSpan), "the same memory");
            room.Send(kept);
        };
        var origin = await Connect(server: server);
        var others = await Connect(3);
        Array.ForEach(others, other => room.Add(other.Connection));
        using (var record = NewRecord(0, 0, length))
        {
            origin.Client.Connection.Send(record);
        }

        await Until(() => others.All(other => other.Client.Count == 1), "the record");
        Assert.False(origin.Server.IsClosed);
    }

    [Fact]
    public async Task SmallReceivedRecordIsKeptByCopying()
    {
        var kept = new TaskCompletionSource<Record>();
        var client = new PeerHandler(Fixture);
        client.WhenReceived = (Peer peer, in ReceivedRecord record) => kept.TrySetResult(record.ToRecord());
        var link = await Connect(client: client);
        using var record = NewRecord(3, 7, 500);
        link.Connection.Send(record);
        using var copy = await Await(kept.Task);
        Assert.Equal(new Sent(3, 7, 500), Wire.Read(copy.Span));
    }
}
