using Broadside.Channels;
using Broadside.Groups;

namespace Broadside.Core.Tests.Groups;

/// <summary>What a connection is sent comes by priority and then in the order of sending, whole, whatever it was sent to.</summary>
public sealed class OrderTests
{
    private readonly GroupLab _lab = new();

    [Fact]
    public void GroupsAndDirectSendsMergeInTheOrderOfSending()
    {
        var (a, b, direct) = (_lab.Queue(), _lab.Queue(), _lab.Queue());
        var both = _lab.StalledMember(a, b, direct);
        var one = _lab.StalledMember(a);
        foreach (var (queue, text) in new[] { (a, "1;"), (direct, "2;"), (b, "3;"), (b, "4;"), (a, "5;"), (direct, "6;"), (a, "7;"), (a, "8;") })
        {
            _lab.Send(queue, text);
        }

        _lab.Resume(both, one);
        Assert.Equal("1;2;3;4;5;6;7;8;", GroupLab.TextOf(both));
        Assert.Equal("1;5;7;8;", GroupLab.TextOf(one));
        _lab.AssertNothingHeld();
    }

    [Fact]
    public void TheMoreUrgentGoesFirstAndEqualsInOrder()
    {
        var (a, b) = (_lab.Queue(), _lab.Queue());
        var member = _lab.StalledMember(a, b);
        foreach (var (queue, text, priority) in new[] { (a, "1;", 4), (b, "2;", 0), (a, "3;", 7), (a, "4;", 0), (b, "5;", 4), (b, "6;", 7), (a, "7;", 4) })
        {
            _lab.Send(queue, text, priority);
        }

        _lab.Resume(member);
        Assert.Equal("2;4;1;5;7;3;6;", GroupLab.TextOf(member));
    }

    [Fact]
    public void AnUrgentRecordWaitsForTheBatchInProgressOnly()
    {
        var queue = _lab.Queue();
        var member = _lab.MemberOn(_lab.First, new OutboxLimits(1 << 20, 10, 10), queue);
        member.Status = SendStatus.Pending;
        for (var each = 0; each < 6; each++)
        {
            _lab.Send(queue, $"bulk{each};", 7);
        }

        _lab.First.Settle();
        Assert.Equal("bulk0;bulk1;", GroupLab.TextOf(member));
        _lab.Send(queue, "urgent;", 0);
        _lab.Step(member);
        Assert.Equal("bulk0;bulk1;urgent;bulk2;", GroupLab.TextOf(member));
        _lab.Resume(member);
        Assert.Equal("bulk0;bulk1;urgent;bulk2;bulk3;bulk4;bulk5;", GroupLab.TextOf(member));
    }

    [Fact]
    public void TheRestOfALargeRecordBegunComesBeforeAnUrgentOne()
    {
        var queue = _lab.Queue();
        var member = _lab.MemberOn(_lab.First, new OutboxLimits(1 << 20, 1000, 1000), queue);
        member.Status = SendStatus.Pending;
        var large = new string('x', 9_999) + ";";
        _lab.Send(queue, large, 7);
        _lab.First.Settle();
        Assert.Equal(1000, member.Bytes.Count);
        _lab.Send(queue, "urgent;", 0);
        _lab.Send(queue, "later;", 7);
        for (var sends = 0; sends < 9; sends++)
        {
            _lab.Step(member);
        }

        Assert.Equal(large, GroupLab.TextOf(member));
        _lab.Resume(member);
        Assert.Equal(large + "urgent;later;", GroupLab.TextOf(member));
        _lab.AssertNothingHeld();
    }

    [Fact]
    public void ALargeRecordBegunOutlivesItsHandleItsWithdrawalAndItsLog()
    {
        var queue = _lab.Queue();
        var member = _lab.MemberOn(_lab.First, new OutboxLimits(1 << 20, 1000, 1000), queue);
        member.Status = SendStatus.Pending;
        var large = new string('x', 50_000);
        var receipt = _lab.Send(queue, large);
        _lab.First.Settle();
        Assert.Equal(new UnsendResult(0, 1), _lab.Unsend(queue, receipt));
        Assert.True(queue.Remove(member.Outbox));
        _lab.Resume(member);
        Assert.Equal(large, GroupLab.TextOf(member));
        _lab.AssertNothingHeld();
    }

    [Fact]
    public void RecordsOfSeveralBlocksArriveWholeAmongSmallOnes()
    {
        var queue = _lab.Queue();
        var member = _lab.StalledMember(queue);
        var huge = new string('h', (2 * Arena.MaximumExtent) + 77);
        _lab.Send(queue, "before;");
        _lab.Send(queue, huge);
        _lab.Send(queue, "after;");
        for (var each = 0; each < 5; each++)
        {
            _lab.Step(member);
        }

        _lab.Resume(member);
        Assert.Equal("before;" + huge + "after;", GroupLab.TextOf(member));
        _lab.AssertNothingHeld();
    }

    [Fact]
    public void ABurstOfSmallRecordsIsOneExtent()
    {
        var queue = _lab.Queue();
        var member = _lab.StalledMember(queue);
        var extents = new List<int>();
        for (var each = 0; each < 2_000; each++)
        {
            _lab.Send(queue, new string('r', 100));
        }

        member.OnSend = (_, batch) => extents.Add(batch.Count);
        _lab.Resume(member);
        Assert.Equal(200_000, member.Bytes.Count);
        Assert.Contains(1, extents);
        Assert.True(extents.Sum() < 30, $"{extents.Sum()} extents in {extents.Count} batches");
    }

    [Fact]
    public void AnAcceptedBatchMayStayUnreleasedWhileOthersFollow()
    {
        var queue = _lab.Queue();
        var member = _lab.Member(queue);
        member.Status = SendStatus.Accepted;
        for (var each = 0; each < 50; each++)
        {
            _lab.Send(queue, $"{each};");
            _lab.First.Settle();
        }

        Assert.Equal(50, member.Sends);
        _lab.First.Dispatcher.TrimIdle();
        Assert.NotEmpty(_lab.Arena.Outstanding());
        _lab.Resume(member);
        Assert.Equal(string.Concat(Enumerable.Range(0, 50).Select(each => $"{each};")), GroupLab.TextOf(member));
        _lab.AssertNothingHeld();
    }
}
