using System.Globalization;
using System.Text;
using Broadside.Channels;
using Broadside.Groups;

namespace Broadside.Core.Tests.Groups;

/// <summary>Members that lag too far are disconnected, or lose the oldest and least urgent of what is pending.</summary>
public sealed class SlowMemberTests
{
    private const int MaximumLag = 10_000;

    private readonly GroupLab _lab = new();
    private readonly SendQueue _queue;

    public SlowMemberTests()
    {
        _lab.Owner.MaximumLag = MaximumLag;
        _queue = _lab.Queue();
    }

    [Fact]
    public void TheLaggardIsDisconnectedAndOthersAreNot()
    {
        var slow = _lab.StalledMember(_queue);
        var fast = _lab.Member(_queue);
        var elsewhere = _lab.MemberOn(_lab.Second, null, _queue);
        SendNumbered(100, _ => 4);
        Assert.Equal(CloseReason.SlowMember, slow.Disconnected);
        Assert.Equal((null, null), (fast.Disconnected, elsewhere.Disconnected));
        Assert.Equal(0, slow.Outbox.QueuedBytes);
        var (member, policy, records, bytes) = Assert.Single(_lab.Owner.Events);
        Assert.Equal((slow.Outbox, SlowMemberPolicy.Disconnect, 0), (member, policy, records));
        Assert.InRange(bytes, MaximumLag, MaximumLag + 200);
        Assert.Equal(100, Numbers(fast).Count);
        Assert.Equal(100, Numbers(elsewhere).Count);
        slow.CloseDown();
        Assert.Equal(2, _queue.Count);
        _lab.AssertNothingHeld();
    }

    [Fact]
    public void LagCountsOverAllPriorities()
    {
        var slow = _lab.StalledMember(_queue);
        SendNumbered(65, number => number % 8);
        Assert.Null(slow.Disconnected);
        SendNumbered(10, number => number % 8);
        Assert.Equal(CloseReason.SlowMember, slow.Disconnected);
    }

    [Fact]
    public void ARecordLongerThanTheLagIsRefused()
    {
        _lab.Member(_queue);
        Assert.Throws<ArgumentException>(() => _lab.Send(_queue, new string('x', MaximumLag)));
        _lab.Send(_queue, new string('x', MaximumLag - LogEntry.Overhead));
        _lab.AssertNothingHeld();
    }

    [Fact]
    public void AConnectionsQueueIsLimitedOverAllItsGroups()
    {
        var other = _lab.Queue();
        var member = _lab.MemberOn(_lab.First, new OutboxLimits(5_000, 64, 64), _queue, other);
        member.Status = SendStatus.Pending;
        for (var each = 0; each < 17; each++)
        {
            _lab.Send(_queue, new string('x', 100));
            _lab.Send(other, new string('y', 100));
            _lab.Settle();
            Assert.Null(member.Disconnected);
            Assert.InRange(member.Outbox.QueuedBytes, 0, 5_000);
        }

        _lab.Send(other, new string('z', 100));
        _lab.Settle();
        Assert.Equal(CloseReason.QueueLimit, member.Disconnected);
        member.CloseDown();
        Assert.Equal((0, 0), (_queue.Count, other.Count));
        _lab.AssertNothingHeld();
    }

    [Fact]
    public void TheOldestOfTheLeastUrgentGoFirst()
    {
        _lab.Owner.SlowMembers = SlowMemberPolicy.DropOldest;
        var slow = _lab.StalledMember(_queue);
        var sent = SendNumbered(90, number => number % 3 == 0 ? 7 : 2);
        _lab.Resume(slow);
        var received = Numbers(slow);
        Assert.Null(slow.Disconnected);

        // All the urgent ones, and of the others the newest.
        Assert.Equal(sent.Where(number => number % 3 != 0), received.Where(number => number % 3 != 0));
        var bulk = received.Where(number => number % 3 == 0).ToArray();
        Assert.Equal(sent.Where(number => number % 3 == 0).TakeLast(bulk.Length), bulk);
        Assert.InRange(bulk.Length, 1, 29);
        AssertEventsTell(90 - received.Count);
        _lab.AssertNothingHeld();
    }

    [Fact]
    public void TheNewestOfEachPriorityIsKept()
    {
        _lab.Owner.SlowMembers = SlowMemberPolicy.DropOldest;
        var slow = _lab.StalledMember(_queue);
        _lab.Send(_queue, "bulk;", 7);
        _lab.Send(_queue, new string('a', 9_000) + ";");
        _lab.Settle();
        _lab.Send(_queue, new string('b', 9_000) + ";");
        _lab.Settle();
        _lab.Resume(slow);
        Assert.Equal(new string('b', 9_000) + ";bulk;", GroupLab.TextOf(slow));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void WhatIsReceivedAndWhatIsToldOfAddUp(int seed)
    {
        var random = new Random(seed);
        _lab.Owner.SlowMembers = SlowMemberPolicy.DropOldest;
        var slow = _lab.MemberOn(_lab.First, new OutboxLimits(1 << 20, 300, 300), _queue);
        slow.Status = SendStatus.Pending;
        var fast = _lab.Member(_queue);
        for (var each = 0; each < 500; each++)
        {
            _lab.Send(_queue, Numbered(each, random.Next(5) == 0 ? 5_000 : random.Next(10, 300)), random.Next(3) * 3);
            _lab.Settle();
            Assert.InRange(slow.Outbox.QueuedBytes, 0, MaximumLag + (3 * 5_100));
            if (slow.HasPending && random.Next(4) == 0)
            {
                _lab.Step(slow);
            }
        }

        _lab.Resume(slow);
        Assert.Equal(500, Numbers(fast).Count);
        AssertEventsTell(500 - Numbers(slow).Count);
        Assert.Equal(fast.Bytes.Count - slow.Bytes.Count, _lab.Owner.Events.Sum(told => told.Bytes));
        Assert.Equal(Numbers(slow).Distinct(), Numbers(slow));
        _lab.AssertNothingHeld();
    }

    [Fact]
    public void TheGapNoticeStandsAtTheGap()
    {
        _lab.Owner.SlowMembers = SlowMemberPolicy.DropOldest;
        _lab.Owner.GapNotice = (_, records, bytes) => Record.Create(_lab.Arena, Encoding.Latin1.GetBytes($"[{records}/{bytes}];"));
        var slow = _lab.MemberOn(_lab.First, new OutboxLimits(1 << 20, 100, 100), _queue);
        slow.Status = SendStatus.Pending;
        SendNumbered(150, _ => 4);
        _lab.Send(_queue, "urgent;", 0);
        _lab.Resume(slow);
        var texts = GroupLab.TextOf(slow).Split(';', StringSplitOptions.RemoveEmptyEntries).Select(text => text.TrimEnd('-')).ToArray();
        var dropped = _lab.Owner.Events.Sum(told => told.Records);
        Assert.Equal($"[{dropped}/{_lab.Owner.Events.Sum(told => told.Bytes)}]", texts[2]);
        Assert.Equal(["0", "urgent"], texts[..2]);
        Assert.Equal(Enumerable.Range((int)dropped + 1, 149 - (int)dropped).Select(number => $"{number}"), texts[3..]);
        Assert.Equal(dropped, 150 - (texts.Length - 2));
        _lab.AssertNothingHeld();
    }

    [Fact]
    public void AGapDoesNotCountWhatTheMemberWouldNotHaveGot()
    {
        _lab.Owner.SlowMembers = SlowMemberPolicy.DropOldest;
        var slow = _lab.StalledMember(_queue);
        _lab.Member(_queue);
        var withdrawn = _lab.Send(_queue, Numbered(0, 100));
        _lab.Send(_queue, Numbered(1, 100), except: slow.Outbox);
        _lab.Send(_queue, Numbered(2, 100), expiresAt: 5);
        _lab.Send(_queue, Numbered(3, 100), key: 1);
        _lab.Send(_queue, Numbered(4, 100), 0, key: 1);
        Assert.Equal(2, _lab.Unsend(_queue, withdrawn).Withdrawn);
        _lab.First.Now = 5;
        var sent = SendNumbered(100, _ => 4);
        _lab.Resume(slow);
        AssertEventsTell(sent.Count - (Numbers(slow).Count - 1));
    }

    private List<int> SendNumbered(int count, Func<int, int> priority)
    {
        var sent = new List<int>();
        for (var number = 0; number < count; number++)
        {
            _lab.Send(_queue, Numbered(number, 100), priority(number));
            _lab.Settle();
            sent.Add(number);
        }

        return sent;
    }

    private void AssertEventsTell(int missing)
    {
        Assert.All(_lab.Owner.Events, told => Assert.Equal(SlowMemberPolicy.DropOldest, told.Policy));
        Assert.Equal(missing, _lab.Owner.Events.Sum(told => told.Records));
    }

    private static string Numbered(int number, int length) => number.ToString(CultureInfo.InvariantCulture).PadRight(length - 1, '-') + ";";

    private static List<int> Numbers(TestReceiver receiver) =>
        [.. GroupLab.TextOf(receiver).Split(';', StringSplitOptions.RemoveEmptyEntries).Select(text => int.Parse(text.TrimEnd('-'), CultureInfo.InvariantCulture))];
}
