using Broadside.Groups;
using FsCheck;
using FsCheck.Fluent;

namespace Broadside.Core.Tests.Groups;

/// <summary>The two collections of members against a framework set, over programs that grow, shrink and grow again.</summary>
public sealed class MemberCollectionTests
{
    private static readonly Outbox[] Outboxes = MakeOutboxes(400);

    private static readonly Arbitrary<int[]> Programs = ArbMap.Default.ArbFor<int>().Generator.ArrayOf().ToArbitrary();

    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(1_000);

    [Fact]
    public void AMemberSetAgreesWithAHashSet() => Prop.ForAll(Programs, RunSet).Check(Thorough);

    [Fact]
    public void AMemberListAgreesWithAHashSet() => Prop.ForAll(Programs, RunList).Check(Thorough);

    [Fact]
    public void AnEmptiedListHoldsNoMembersAndCanGrowAgain()
    {
        var list = new MemberList();
        for (var pass = 0; pass < 3; pass++)
        {
            foreach (var outbox in Outboxes)
            {
                list.Add(outbox, pass);
            }

            foreach (var outbox in Outboxes)
            {
                list.RemoveAt(list.Find(outbox));
            }

            Assert.Equal(0, list.Count);
            Assert.Equal(-1, list.Find(Outboxes[0]));
        }
    }

    [Fact]
    public void ARemovalTellsTheCursorsOfTheMemberMovedTheirNewPlace()
    {
        var list = new MemberList();
        for (var index = 0; index < 20; index++)
        {
            list.Add(Outboxes[index], 0);
        }

        list[19].Cursors = new LogCursor { MemberIndex = 19, NextOfMember = new LogCursor { MemberIndex = 19 } };
        list.RemoveAt(3);
        var cursor = list[3].Cursors!;
        Assert.Same(Outboxes[19], list[3].Outbox);
        Assert.Equal((3, 3), (cursor.MemberIndex, cursor.NextOfMember!.MemberIndex));
    }

    private static void RunSet(int[] program)
    {
        var set = new MemberSet();
        var model = new HashSet<Outbox>();
        foreach (var (outbox, adds) in Steps(program))
        {
            Assert.Equal(adds ? model.Add(outbox) : model.Remove(outbox), adds ? set.Add(outbox) : set.Remove(outbox));
            Assert.Equal(model.Count, set.Count);
        }

        Assert.All(Outboxes, outbox => Assert.Equal(model.Contains(outbox), set.Contains(outbox)));
        Assert.Equal(model.Count, set.ToArray().Intersect(model).Count());
    }

    private static void RunList(int[] program)
    {
        var list = new MemberList();
        var model = new HashSet<Outbox>();
        foreach (var (outbox, adds) in Steps(program))
        {
            var place = list.Find(outbox);
            Assert.Equal(model.Contains(outbox), place >= 0);
            if (adds && place < 0)
            {
                Assert.Same(outbox, list[list.Add(outbox, 1)].Outbox);
                model.Add(outbox);
            }
            else if (!adds && place >= 0)
            {
                list.RemoveAt(place);
                model.Remove(outbox);
            }

            Assert.Equal(model.Count, list.Count);
        }

        foreach (var outbox in Outboxes)
        {
            var place = list.Find(outbox);
            Assert.Equal(model.Contains(outbox), place >= 0);
            Assert.True(place < 0 || ReferenceEquals(list.Members[place].Outbox, outbox));
        }
    }

    // The first half mostly adds, the second mostly removes.
    private static IEnumerable<(Outbox Outbox, bool Adds)> Steps(int[] program)
    {
        for (var step = 0; step < program.Length; step++)
        {
            var choice = (uint)program[step] * 2654435761u;
            var adds = (choice & 7) < (step < program.Length / 2 ? 6 : 2);
            yield return (Outboxes[(choice >> 8) % Outboxes.Length], adds);
        }
    }

    private static Outbox[] MakeOutboxes(int count)
    {
        var channel = new TestChannel(new SequenceClock());
        return [.. Enumerable.Range(0, count).Select(_ => new TestReceiver(channel).Outbox)];
    }
}
