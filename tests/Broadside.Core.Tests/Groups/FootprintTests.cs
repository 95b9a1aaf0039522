using System.Runtime.CompilerServices;
using Broadside.Channels;
using Broadside.Groups;
using Broadside.Tests;

namespace Broadside.Core.Tests.Groups;

/// <summary>What many groups and many memberships cost in memory.</summary>
[Collection(AllocationTests.Name)]
public sealed class FootprintTests(ITestOutputHelper output)
{
    private readonly Arena _arena = new();
    private readonly SequenceClock _clock = new();
    private readonly TestOwner _owner = new();

    [Fact]
    public void TenThousandSparseGroupsAreSmall()
    {
        const int Groups = 10_000;
        const long Most = 16_000_000;
        var channel = new TestChannel(_clock);
        var members = Enumerable.Range(0, 100).Select(_ => new TestReceiver(channel) { KeepBytes = false, Status = SendStatus.Pending }).ToArray();
        var record = new byte[100];
        var before = Held();
        var queues = new SendQueue[Groups];
        for (var index = 0; index < Groups; index++)
        {
            queues[index] = new SendQueue(_clock, _arena, _owner);
            queues[index].Add(members[index % members.Length].Outbox);
        }

        channel.Settle();
        foreach (var queue in queues)
        {
            Assert.Equal(SendOutcome.Sent, queue.TryAppend(new SendRequest(record) { Priority = 4 }, out _));
        }

        channel.Settle();
        var pending = Held() - before;
        Serve(members, channel);
        channel.Dispatcher.TrimIdle();
        var drained = Held() - before;
        output.WriteLine($"{Groups:N0} sparse groups: {pending:N0} bytes with a record pending in each, {drained:N0} when drained");
        Assert.Equal(0, _arena.AllocatedBytes);
        Assert.InRange(pending, 1, Most);
        Assert.InRange(drained, 1, Most);
        GC.KeepAlive(queues);
    }

    [Theory]
    [InlineData(1_000, 100)]
    [InlineData(100, 1_000)]
    public void AMembershipIsSmall(int receivers, int groups)
    {
        var channels = new[] { new TestChannel(_clock), new TestChannel(_clock) };
        var outboxes = Enumerable.Range(0, receivers).Select(index => new TestReceiver(channels[index % 2]).Outbox).ToArray();
        var queues = Enumerable.Range(0, groups).Select(_ => new SendQueue(_clock, _arena, _owner)).ToArray();

        // The first members bring the group's own structures.
        Join(outboxes.AsSpan(0, 2), queues, channels);
        var before = Held();
        Join(outboxes.AsSpan(2), queues, channels);
        var each = (Held() - before) / (double)((receivers - 2) * groups);
        output.WriteLine($"{receivers:N0} connections in {groups:N0} groups: {each:N1} bytes a membership");
        Assert.InRange(each, 1, 64);
        GC.KeepAlive((outboxes, queues));
    }

    [Fact]
    public void TheStructuresAreAsLargeAsTheirDocumentationSays()
    {
        Assert.Equal(24, Unsafe.SizeOf<Membership>());
        Assert.Equal(48, Unsafe.SizeOf<LogEntry>());
        Assert.Equal(24, Unsafe.SizeOf<EntryConditions>());
        Type[] classes =
        [
            typeof(SendQueue), typeof(GroupLog), typeof(GroupShard), typeof(ShardLog), typeof(Segment), typeof(SegmentView), typeof(LogCursor),
            typeof(LargeRecord), typeof(Outbox), typeof(BoundBatch), typeof(GroupDispatcher), typeof(KeyCell), typeof(UnsendRequest), typeof(UnsendWork),
            typeof(MembershipChange),
        ];
        foreach (var type in classes)
        {
            output.WriteLine($"{type.Name}: {SizeOf(type)} bytes");
        }

        Assert.InRange(classes.Max(SizeOf), 1, 250);
    }

    private static long SizeOf(Type type)
    {
        RuntimeHelpers.GetUninitializedObject(type);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var instance = RuntimeHelpers.GetUninitializedObject(type);
        var size = GC.GetAllocatedBytesForCurrentThread() - before;
        GC.KeepAlive(instance);
        return size;
    }

    private static void Join(ReadOnlySpan<Outbox> outboxes, SendQueue[] queues, TestChannel[] channels)
    {
        foreach (var queue in queues)
        {
            foreach (var outbox in outboxes)
            {
                Assert.True(queue.Add(outbox));
            }

            channels[0].Settle();
            channels[1].Settle();
        }
    }

    private static void Serve(TestReceiver[] members, TestChannel channel)
    {
        foreach (var member in members)
        {
            member.Status = SendStatus.Released;
            if (member.HasPending)
            {
                member.Accept();
                member.Release();
            }
        }

        channel.Settle();
    }

    // The blocks lie on the managed heap, but count by what is allocated of them.
    private long Held()
    {
        for (var collection = 0; collection < 3; collection++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(false) - _arena.ReservedBytes + _arena.AllocatedBytes;
    }
}
