using Broadside.Channels;
using Broadside.Groups;

namespace Broadside.Core.Tests.Groups;

/// <summary>Where the policy is to wait, a sender is told that there is no room, and when there is again.</summary>
public sealed class WaitTests
{
    private const int MaximumLag = 10_000;

    private readonly GroupLab _lab = new();
    private readonly SendQueue _queue;

    public WaitTests()
    {
        _lab.Owner.SlowMembers = SlowMemberPolicy.Wait;
        _lab.Owner.MaximumLag = MaximumLag;
        _queue = _lab.Queue();
    }

    [Fact]
    public void TheQueueIsFullAtTheLimitAndHasRoomOnceTheMemberWasServed()
    {
        var slow = _lab.StalledMember(_queue);
        Assert.Equal(67, Fill(100));
        Assert.True(_queue.IsFull(100));
        Assert.False(_queue.IsFull(10));
        var space = _queue.WaitForSpace(100);
        _lab.Settle();
        Assert.False(space.IsCompleted);
        Assert.Null(slow.Disconnected);
        _lab.Resume(slow);
        Assert.True(space.IsCompleted);
        Assert.False(_queue.IsFull(100));
        Assert.Equal(6_700, slow.Bytes.Count);
        _lab.AssertNothingHeld();
    }

    [Fact]
    public void WaitingWithRoomOrWithoutMembersEndsAtOnce()
    {
        Assert.True(_queue.WaitForSpace(100).IsCompleted);
        var slow = _lab.StalledMember(_queue);
        Assert.True(_queue.WaitForSpace(100).IsCompleted);
        Fill(100);
        var space = _queue.WaitForSpace(100);
        Assert.False(space.IsCompleted);
        _queue.Remove(slow.Outbox);
        _lab.Settle();
        Assert.True(space.IsCompleted);
    }

    [Fact]
    public void ClosingTheQueueEndsTheWait()
    {
        _lab.StalledMember(_queue);
        Fill(100);
        var space = _queue.WaitForSpace(100);
        _queue.Close();
        Assert.True(space.IsCompleted);
        Assert.Equal(SendOutcome.Closed, TrySend(100));
    }

    [Fact]
    public void DisconnectingLaggardsFreesTheQueue()
    {
        var slow = _lab.StalledMember(_queue);
        var slowElsewhere = _lab.StalledMemberOn(_lab.Second, _queue);
        Fill(100);
        _lab.Settle();
        var fresh = _lab.StalledMember(_queue);
        var space = _queue.WaitForSpace(100);
        _queue.DisconnectLaggards(100);
        _lab.Settle();
        Assert.Equal(CloseReason.SlowMember, slow.Disconnected);
        Assert.Equal(CloseReason.SlowMember, slowElsewhere.Disconnected);
        Assert.Null(fresh.Disconnected);
        Assert.True(space.IsCompleted);
        Assert.Equal(SendOutcome.Sent, TrySend(100));
        Assert.All(_lab.Owner.Events, told => Assert.Equal(SlowMemberPolicy.Wait, told.Policy));
        slow.CloseDown();
        slowElsewhere.CloseDown();
        _lab.Resume(fresh);
        _lab.AssertNothingHeld();
    }

    [Fact]
    public void OnlyThoseInTheWayAreDisconnected()
    {
        var slow = _lab.StalledMember(_queue);
        Fill(100, count: 10);
        var lessSlow = _lab.StalledMember(_queue);
        Fill(100);
        _queue.DisconnectLaggards(100);
        _lab.Settle();
        Assert.Equal(CloseReason.SlowMember, slow.Disconnected);
        Assert.Null(lessSlow.Disconnected);
        Assert.Equal(SendOutcome.Sent, TrySend(100));
    }

    [Fact]
    public void ALongRecordFindsThoseInItsWayHoweverLittleTheyLag()
    {
        var slow = _lab.StalledMember(_queue);
        Assert.Equal(1, Fill(10, count: 1));
        Assert.Equal(SendOutcome.Full, TrySend(9_950));
        _queue.DisconnectLaggards(9_950);
        _lab.Settle();
        Assert.Equal(CloseReason.SlowMember, slow.Disconnected);
        Assert.Equal(SendOutcome.Sent, TrySend(9_950));
    }

    [Fact]
    public void ADrainingMemberInTheWayIsDisconnectedToo()
    {
        var leaving = _lab.StalledMemberOn(_lab.Second, _queue);
        _lab.Member(_queue);
        Fill(100);
        _lab.Settle();
        _queue.RemoveDrained(leaving.Outbox, null);
        _lab.Settle();
        Assert.Equal(SendOutcome.Full, TrySend(100));
        _queue.DisconnectLaggards(100);
        _lab.Settle();
        Assert.Equal(CloseReason.SlowMember, leaving.Disconnected);
        Assert.Equal(SendOutcome.Sent, TrySend(100));
    }

    [Fact]
    public async Task NoWakeUpIsLost()
    {
        const int Records = 60_000;
        var member = _lab.Member(_queue);
        member.KeepBytes = false;
        var received = 0L;
        member.OnSend = (_, batch) => Volatile.Write(ref received, received + batch.Length);
        using var stop = new CancellationTokenSource();
        var channel = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    _lab.First.RunRound();
                }

                _lab.First.Settle();
            },
            TestContext.Current.CancellationToken);
        var waits = 0;
        for (var sent = 0; sent < Records;)
        {
            if (TrySend(3_000) == SendOutcome.Sent)
            {
                sent++;
                continue;
            }

            // Nobody wakes a sender but the member's progress.
            waits++;
            await _queue.WaitForSpace(3_000).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }

        await stop.CancelAsync();
        await channel;
        Assert.True(waits > 0);
        Assert.Equal(Records * 3_000L, received);
    }

    private int Fill(int length, int count = int.MaxValue)
    {
        var sent = 0;
        while (sent < count && TrySend(length) == SendOutcome.Sent)
        {
            sent++;
        }

        _lab.Settle();
        return sent;
    }

    private SendOutcome TrySend(int length)
    {
        if (length <= SendQueue.LargestInline)
        {
            return _queue.TryAppend(new SendRequest(new byte[length]) { Priority = 4 }, out _);
        }

        using var record = Record.Create(_lab.Arena, new byte[length]);
        Assert.True(record.TryTakeReference(out var body));
        var outcome = _queue.TryAppend(new SendRequest(body) { Priority = 4 }, out _);
        body.Release();
        return outcome;
    }
}
