using Broadside.Channels;
using Broadside.Groups;

namespace Broadside.Core.Tests.Groups;

public sealed class MembershipTests
{
    private readonly GroupLab _lab = new();

    [Fact]
    public void AMemberGetsWhatIsSentBetweenJoiningAndLeaving()
    {
        var queue = _lab.Queue();
        var early = _lab.StalledMember(queue);
        _lab.Send(queue, "1;");
        var late = _lab.StalledMember(queue);
        _lab.Send(queue, "2;");
        Assert.True(queue.Remove(early.Outbox));
        Assert.False(queue.Remove(early.Outbox));
        _lab.Send(queue, "3;");
        _lab.Resume(early, late);
        Assert.Equal("", GroupLab.TextOf(early));
        Assert.Equal("2;3;", GroupLab.TextOf(late));
        Assert.Equal(1, queue.Count);
    }

    [Fact]
    public void JoiningTwiceIsRefusedAndRejoiningBeginsAnew()
    {
        var queue = _lab.Queue();
        var member = _lab.StalledMember(queue);
        Assert.False(queue.Add(member.Outbox));
        _lab.Send(queue, "1;");
        Assert.True(queue.Remove(member.Outbox));
        _lab.Send(queue, "2;");
        Assert.True(queue.Add(member.Outbox));
        _lab.Send(queue, "3;");
        _lab.Resume(member);
        Assert.Equal("3;", GroupLab.TextOf(member));
    }

    [Fact]
    public void ADrainingMemberGetsWhatWasSentBeforeAndThenItsLeaveCompletes()
    {
        var queue = _lab.Queue();
        var member = _lab.StalledMember(queue);
        var other = _lab.Member(queue);
        _lab.Send(queue, "1;");
        _lab.Send(queue, "2;", 7);
        var completion = new LeaveCompletion(new TaskCompletionSource());
        Assert.True(queue.RemoveDrained(member.Outbox, completion));
        Assert.False(queue.RemoveDrained(member.Outbox, completion));
        Assert.False(queue.Contains(member.Outbox));
        _lab.Send(queue, "3;");
        _lab.Settle();
        Assert.False(completion.Task.IsCompleted);
        Assert.False(queue.Add(member.Outbox));
        _lab.Resume(member);
        Assert.True(completion.Task.IsCompletedSuccessfully);
        Assert.Equal("1;2;", GroupLab.TextOf(member));
        Assert.Equal("1;3;2;", GroupLab.TextOf(other));
        Assert.True(queue.Add(member.Outbox));
    }

    [Fact]
    public void ADrainedLeaveCompletesOnlyWhenAllPrioritiesAreBound()
    {
        var queue = _lab.Queue();
        var member = _lab.MemberOn(_lab.First, new OutboxLimits(1 << 20, 4, 4), queue);
        member.Status = SendStatus.Pending;
        foreach (var priority in new[] { 7, 0, 4 })
        {
            _lab.Send(queue, $"rec{priority};", priority);
        }

        var completion = new LeaveCompletion(new TaskCompletionSource());
        queue.RemoveDrained(member.Outbox, completion);
        _lab.Settle();
        Assert.False(completion.Task.IsCompleted);
        _lab.Step(member);
        Assert.False(completion.Task.IsCompleted);
        _lab.Step(member);
        Assert.True(completion.Task.IsCompleted);
        Assert.Equal("rec0;rec4;rec7;", GroupLab.TextOf(member));
    }

    [Fact]
    public void ADrainedLeaveWithNothingPendingCompletesInTheNextRound()
    {
        var queue = _lab.Queue();
        var member = _lab.Member(queue);
        var completion = new LeaveCompletion(new TaskCompletionSource());
        Assert.True(queue.RemoveDrained(member.Outbox, completion));
        _lab.Settle();
        Assert.True(completion.Task.IsCompleted);
        Assert.True(queue.Add(member.Outbox));
        _lab.Send(queue, "1;");
        _lab.Settle();
        Assert.Equal("1;", GroupLab.TextOf(member));
    }

    [Fact]
    public void RemovingADrainingMemberDiscardsAndCompletes()
    {
        var queue = _lab.Queue();
        var member = _lab.StalledMember(queue);
        _lab.Send(queue, "1;");
        var completion = new LeaveCompletion(new TaskCompletionSource());
        queue.RemoveDrained(member.Outbox, completion);
        Assert.True(queue.Remove(member.Outbox));
        _lab.Settle();
        Assert.True(completion.Task.IsCompleted);
        Assert.False(queue.Remove(member.Outbox));
        Assert.True(queue.Add(member.Outbox));
        _lab.Send(queue, "2;");
        _lab.Resume(member);
        Assert.Equal("2;", GroupLab.TextOf(member));
        member.CloseDown();
        Assert.Equal(0, queue.Count);
        _lab.AssertNothingHeld();
    }

    [Fact]
    public void AConnectionsEndEndsItsMembershipsAndRefusesOthers()
    {
        var (a, b, c) = (_lab.Queue(), _lab.Queue(), _lab.Queue());
        var member = _lab.StalledMember(a, b);
        _lab.Send(a, "1;");
        _lab.Send(b, new string('x', 10_000));
        _lab.Settle();
        member.CloseDown();
        Assert.Equal((0, 0), (a.Count, b.Count));
        Assert.False(c.Add(member.Outbox));
        Assert.Equal(0, member.Outbox.QueuedBytes);
        _lab.AssertNothingHeld();
    }

    [Fact]
    public void AClosedQueueDeliversWhatWasSentAndRefusesTheRest()
    {
        var queue = _lab.Queue();
        var member = _lab.StalledMember(queue);
        _lab.Send(queue, "1;");
        queue.Close();
        Assert.Equal(SendOutcome.Closed, queue.TryAppend(new SendRequest("2;"u8), out _));
        Assert.False(queue.Add(_lab.Member().Outbox));
        _lab.Resume(member);
        Assert.Equal("1;", GroupLab.TextOf(member));
        _lab.AssertNothingHeld();
    }

    [Fact]
    public void ASendToNobodyIsSentToNobody()
    {
        var queue = _lab.Queue();
        var receipt = _lab.Send(queue, "1;");
        Assert.Equal(0, receipt.Members);
        Assert.Equal(default, _lab.Unsend(queue, receipt));
        var member = _lab.Member(queue);
        Assert.Equal(0, _lab.Send(queue, "2;", except: member.Outbox).Members);
        _lab.Settle();
        Assert.Equal("", GroupLab.TextOf(member));
        Assert.True(queue.TryRetire());
        _lab.AssertNothingHeld();
    }

    [Fact]
    public void AQueueThatHoldsSomethingIsNotRetired()
    {
        var queue = _lab.Queue();
        var member = _lab.StalledMember(queue);
        _lab.Send(queue, "1;");
        Assert.False(queue.TryRetire());
        _lab.Resume(member);
        _lab.First.Dispatcher.TrimIdle();
        Assert.True(queue.TryRetire());
        Assert.Equal(SendOutcome.Closed, queue.TryAppend(new SendRequest("2;"u8), out _));
    }

    [Fact]
    public void ChannelsReadTheSameBytesAtTheirOwnPace()
    {
        var queue = _lab.Queue();
        var fast = _lab.Member(queue);
        var slow = _lab.StalledMemberOn(_lab.Second, queue);
        var first = new List<Extent>();
        var second = new List<Extent>();
        fast.OnSend = (_, batch) => first.AddRange(batch.Extents);
        slow.OnSend = (_, batch) => second.AddRange(batch.Extents);
        _lab.Send(queue, "1;");
        _lab.Send(queue, new string('x', 5_000));
        _lab.Send(queue, "2;");
        _lab.Settle();
        _lab.Resume(slow);
        Assert.Equal(GroupLab.TextOf(fast), GroupLab.TextOf(slow));
        Assert.Equal(first, second);
        _lab.AssertNothingHeld();
    }

    [Fact]
    public void AChannelWhoseMembersLeftHoldsNothingBack()
    {
        var queue = _lab.Queue();
        _lab.Owner.SlowMembers = SlowMemberPolicy.Wait;
        _lab.Owner.MaximumLag = 10_000;
        var stays = _lab.Member(queue);
        var leaves = _lab.MemberOn(_lab.Second, null, queue);
        leaves.Status = SendStatus.Accepted;
        _lab.Send(queue, "1;");
        _lab.Settle();
        queue.Remove(leaves.Outbox);
        for (var each = 0; each < 1_000; each++)
        {
            _lab.Send(queue, new string('x', 500));
            _lab.Settle();
        }

        Assert.Equal(500_002, stays.Bytes.Count);
        Assert.Equal("1;", GroupLab.TextOf(leaves));
        leaves.Release();
        _lab.AssertNothingHeld();
    }
}
