using Broadside.Conformance.Engine.Harness;

namespace Broadside.Conformance.Engine;

/// <summary>Members of a latest group get the newest record of each key, and hold nothing while they lag.</summary>
public abstract class LatestConformance<TFixture> : EngineTest<TFixture>
    where TFixture : BackendFixture, new()
{
    private const int Keys = 8;

    [Fact]
    public async Task ASnapshotComesFirstWithNoGapToWhatFollows()
    {
        var link = await Connect();
        using var group = Engine.CreateLatestGroup("state");
        for (var number = 0; number < 3 * Keys; number++)
        {
            Set(group, number % Keys, number);
        }

        Assert.True(group.Add(link.Connection));
        Assert.False(group.Add(link.Connection));
        Set(group, 0, 100);
        await Until(() => link.Client.NumbersOf(0) is [.., 100] && link.Client.NumbersOf(Keys - 1).Length == 1, "the state");
        Assert.All(Enumerable.Range(1, Keys - 1), key => Assert.Equal([(2 * Keys) + key], link.Client.NumbersOf(key)));
        Assert.Equal((1, Keys), (group.Count, group.KeyCount));
    }

    [Fact]
    public async Task AStalledMemberPinsNothingAndEndsUpWithTheNewest()
    {
        var links = await Connect(2);
        using var group = Engine.CreateLatestGroup("state");
        Assert.All(links, link => group.Add(link.Connection));
        await Stall(links[0].Client);
        const int Length = 50_000;
        const int Updates = 4_000;
        for (var number = 0; number < Updates; number++)
        {
            Set(group, number % Keys, number, Length);
            if (number % 100 == 99)
            {
                await Until(() => links[1].Client.NumbersOf(number % Keys) is [.., var last] && last == number, "the other member");
            }
        }

        // What the transport took may be more than the state, but not what the member has missed.
        Assert.InRange(Engine.Arena.AllocatedBytes, 0, Updates * (long)Length / 4);
        links[0].Client.Connection.ResumeReceive();
        await Until(() => links[0].Client.NumbersOf((Updates - 1) % Keys) is [.., Updates - 1], "the newest");
        for (var key = 0; key < Keys; key++)
        {
            var numbers = links[0].Client.NumbersOf(key);
            Assert.Equal(numbers.Order(), numbers);
            Assert.Equal(Updates - Keys + key, numbers[^1]);
        }
    }

    [Fact]
    public async Task AKeyThatWasUnsetIsForgotten()
    {
        var link = await Connect();
        using var group = Engine.CreateLatestGroup("state");
        Set(group, 1, 1);
        Set(group, 2, 2);
        Assert.True(group.Unset(1));
        Assert.False(group.Unset(1));
        group.Add(link.Connection);
        Assert.True(await Await(group.RemoveAsync(link.Connection)));
        Set(group, 3, 3);
        using var last = NewRecord(9, 9);
        link.Connection.Send(last);
        await Until(() => link.Client.NumbersOf(9).Length == 1, "the direct record");
        Assert.Equal([2, 9], link.Client.Received().Select(sent => sent.Sender));
    }

    private void Set(LatestGroup group, int key, int number, int length = Wire.HeaderLength)
    {
        using var record = NewRecord(key, number, length);
        group.Set(key, record);
    }
}
