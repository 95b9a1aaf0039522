using Broadside.Conformance.Engine.Harness;

namespace Broadside.Conformance.Engine;

/// <summary>What an engine publishes of its sends and its channels.</summary>
public abstract class MetricsConformance<TFixture> : EngineTest<TFixture>
    where TFixture : BackendFixture, new()
{
    [Fact]
    public async Task BytesAreCountedAsCopiedOrReferredToOnceForAllMembers()
    {
        const int Small = 100;
        const int Large = 50_000;
        using var meter = new MeterReader();
        var links = await Connect(3);
        var group = Engine.CreateGroup("all");
        Array.ForEach(links, link => group.Add(link.Connection));
        group.TrySend(Wire.Bytes(0, 0, Small), out _);
        using (var record = NewRecord(0, 1, Large))
        {
            group.Send(record);
        }

        await Until(() => links.All(link => link.Client.Count == 2), "the records");
        Assert.Equal(Small, meter.Read("broadside.sends.copied"));
        Assert.Equal(Large, meter.Read("broadside.sends.referenced"));
        Assert.InRange(meter.Read("broadside.channel.sent") ?? 0, 3 * (Small + Large), long.MaxValue);
    }

    [Fact]
    public async Task EachChannelCountsItsAccepts()
    {
        const int Connections = 20;
        using var meter = new MeterReader();
        await Connect(Connections);
        var accepts = Enumerable.Range(0, 2).Select(channel => meter.Read("broadside.channel.accepts", channel) ?? -1).ToArray();
        Assert.Equal(Connections, accepts.Sum());
        Assert.Equal(Engine.Channels.Select(channel => channel.Counters.Accepts), accepts);
    }
}
