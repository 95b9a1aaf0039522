using System.Text;
using Broadside.Groups;

namespace Broadside.Core.Tests.Groups;

/// <summary>What holds while a publisher has taken its place in the log and not yet written its record.</summary>
public sealed class PublishingTests
{
    private readonly GroupLab _lab = new();
    private readonly SendQueue _queue;

    public PublishingTests()
    {
        _queue = _lab.Queue();
    }

    [Fact]
    public void NothingIsReadPastARecordBeingWritten()
    {
        var member = _lab.Member(_queue);
        _lab.Send(_queue, "1;");
        var writing = Reserve("2;");
        _lab.Send(_queue, "3;");
        _lab.Settle();
        Assert.Equal("1;", GroupLab.TextOf(member));
        Complete("2;", writing);
        _lab.Settle();
        Assert.Equal("1;2;3;", GroupLab.TextOf(member));
        _lab.First.Dispatcher.TrimIdle();
        _lab.AssertNothingHeld();
    }

    [Fact]
    public void SendsToTwoGroupsKeepTheirOrder()
    {
        var other = _lab.Queue();
        var member = _lab.Member(_queue, other);
        var unconcerned = _lab.Member(other);
        var writing = Reserve("1;");
        _lab.Send(_queue, "2;");
        _lab.Send(other, "3;");
        _lab.Settle();
        Assert.Equal(("", ""), (GroupLab.TextOf(member), GroupLab.TextOf(unconcerned)));
        Assert.False(_lab.First.Dispatcher.IsPending);
        Complete("1;", writing);
        _lab.Settle();
        Assert.Equal(("1;2;3;", "3;"), (GroupLab.TextOf(member), GroupLab.TextOf(unconcerned)));
    }

    [Fact]
    public void AMemberThatJoinsMeanwhileIsShownWhatFollows()
    {
        var early = _lab.Member(_queue);
        var formerly = _lab.MemberOn(_lab.Second, null, _queue);
        _lab.Send(_queue, "1;");
        _lab.Settle();
        _queue.Remove(formerly.Outbox);
        var writing = Reserve("2;");
        var late = _lab.MemberOn(_lab.Second, null, _queue);
        _lab.Send(_queue, "3;");
        _lab.Settle();
        Complete("2;", writing);
        _lab.Settle();
        Assert.Equal(("1;2;3;", "1;", "3;"), (GroupLab.TextOf(early), GroupLab.TextOf(formerly), GroupLab.TextOf(late)));
    }

    [Fact]
    public async Task AWithdrawalWaitsForTheRecordsBeforeTheSend()
    {
        var member = _lab.Member(_queue);
        var writing = Reserve("1;");
        var receipt = _lab.Send(_queue, "2;");
        using var record = Record.Create(_lab.Arena, "3;"u8);
        _lab.Send(_queue, record);
        var bySend = _queue.UnsendAsync(receipt);
        var byRecord = _queue.UnsendAsync(GroupLab.IdOf(record));
        for (var round = 0; round < 3; round++)
        {
            _lab.First.RunRound();
        }

        Assert.False(bySend.IsCompleted || byRecord.IsCompleted);
        Complete("1;", writing);
        _lab.Settle();
        Assert.Equal((new UnsendResult(1, 0), new UnsendResult(1, 0)), (await bySend, await byRecord));
        Assert.Equal("1;", GroupLab.TextOf(member));
    }

    [Fact]
    public void ADrainedLeaveWaitsForTheRecordsBeforeIt()
    {
        var member = _lab.Member(_queue);
        var writing = Reserve("1;");
        var completion = new LeaveCompletion(new TaskCompletionSource());
        _queue.RemoveDrained(member.Outbox, completion);
        _lab.First.RunRound();
        _lab.First.RunRound();
        Assert.False(completion.Task.IsCompleted);
        Complete("1;", writing);
        _lab.Settle();
        Assert.True(completion.Task.IsCompleted);
        Assert.Equal("1;", GroupLab.TextOf(member));
        _lab.AssertNothingHeld();
    }

    [Fact]
    public void ALogIsNotLetGoOfWhileARecordIsBeingWritten()
    {
        var member = _lab.Member(_queue);
        var writing = Reserve("1;");
        _queue.Remove(member.Outbox);
        _lab.Settle();
        _lab.First.Dispatcher.TrimIdle();
        Assert.NotEmpty(_lab.Arena.Outstanding());
        Complete("1;", writing);
        Assert.Equal("", GroupLab.TextOf(member));
        _lab.AssertNothingHeld();
    }

    private SendQueue.Reservation Reserve(string text)
    {
        Assert.Equal(SendOutcome.Sent, _queue.TryReserve(Request(text), out var reservation, out _));
        return reservation;
    }

    private void Complete(string text, SendQueue.Reservation reservation) => _queue.Complete(Request(text), reservation);

    private static SendRequest Request(string text) => new(Encoding.Latin1.GetBytes(text)) { Priority = 4 };
}
