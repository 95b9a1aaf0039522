using Broadside.Channels;
using Broadside.Groups;

namespace Broadside.Core.Tests.Groups;

/// <summary>What is held while one member is stalled for ever: as much as the policy allows it to lag, however much is sent.</summary>
public sealed class HeldBytesTests(ITestOutputHelper output)
{
    private const long MaximumLag = 1 << 20;
    private const long Slack = 1 << 20;
    private const long Sent = 256L << 20;

    private readonly Arena _arena = new();
    private readonly SequenceClock _clock = new();

    [Theory]
    [InlineData(SlowMemberPolicy.Disconnect, 100)]
    [InlineData(SlowMemberPolicy.Disconnect, 100_000)]
    [InlineData(SlowMemberPolicy.DropOldest, 10)]
    [InlineData(SlowMemberPolicy.DropOldest, 100)]
    [InlineData(SlowMemberPolicy.DropOldest, 100_000)]
    [InlineData(SlowMemberPolicy.Wait, 100)]
    [InlineData(SlowMemberPolicy.Wait, 100_000)]
    public void AreBoundedAndReturnToNothing(SlowMemberPolicy policy, int length)
    {
        var owner = new QuietOwner(policy);
        var queue = new SendQueue(_clock, _arena, owner);
        var channel = new TestChannel(_clock);
        var fast = new TestReceiver(channel) { KeepBytes = false };
        var slow = new TestReceiver(channel) { KeepBytes = false, Status = SendStatus.Pending };
        queue.Add(fast.Outbox);
        queue.Add(slow.Outbox);
        var most = Publish(queue, channel, length);
        output.WriteLine($"{policy}, records of {length:N0} bytes: at most {most:N0} bytes of the arena for a lag of {MaximumLag:N0}");
        Assert.InRange(most, 1, (2 * MaximumLag) + Slack);
        slow.CloseDown();
        channel.Settle();
        channel.Dispatcher.TrimIdle();
        Assert.Equal(0, _arena.AllocatedBytes);
    }

    private long Publish(SendQueue queue, TestChannel channel, int length)
    {
        using var record = Record.Create(_arena, new byte[length]);
        var most = 0L;
        for (var sent = 0; sent < Math.Min(Sent / length, 1_000_000); sent++)
        {
            // Each large record has memory of its own, as those of a real publisher do.
            using var large = length > SendQueue.LargestInline ? Record.Create(_arena, new byte[length]) : record.Duplicate();
            Assert.True(large.TryTakeReference(out var body));
            if (queue.TryAppend(new SendRequest(body) { Priority = 4 }, out _) == SendOutcome.Full)
            {
                channel.Settle();
            }

            body.Release();
            if (sent % 16 == 0)
            {
                channel.Settle();
            }

            most = Math.Max(most, _arena.AllocatedBytes);
        }

        channel.Settle();
        return most;
    }

    private sealed class QuietOwner(SlowMemberPolicy policy) : IQueueOwner
    {
        public SlowMemberPolicy SlowMembers => policy;

        public long MaximumLag => HeldBytesTests.MaximumLag;

        public Record? MakeGapNotice(Outbox member, long records, long bytes) => null;

        public void OnTrimmed(SendQueue queue)
        {
        }

        public void OnSlowMember(Outbox member, SlowMemberPolicy reported, long records, long bytes) => Assert.Equal(policy, reported);
    }
}
