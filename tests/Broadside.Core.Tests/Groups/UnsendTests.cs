using System.Text;
using Broadside.Channels;
using Broadside.Groups;

namespace Broadside.Core.Tests.Groups;

/// <summary>Withdrawn and already bound make up the members at the time of sending, whatever became of them.</summary>
public sealed class UnsendTests
{
    private readonly GroupLab _lab = new();
    private readonly SendQueue _queue;

    public UnsendTests()
    {
        _queue = _lab.Queue();
    }

    [Theory]
    [InlineData(20)]
    [InlineData(20_000)]
    public void MembersInAllStatesAreCounted(int length)
    {
        var served = _lab.Member(_queue);
        var pending = _lab.StalledMember(_queue);
        var pendingElsewhere = _lab.StalledMemberOn(_lab.Second, _queue);
        var left = _lab.StalledMember(_queue);
        var closed = _lab.StalledMemberOn(_lab.Second, _queue);
        var draining = _lab.StalledMember(_queue);
        _lab.Send(_queue, "before;");
        var receipt = _lab.Send(_queue, new string('x', length));
        _lab.Send(_queue, "after;");
        _queue.Remove(left.Outbox);
        closed.CloseDown();
        _queue.RemoveDrained(draining.Outbox, null);
        var late = _lab.StalledMember(_queue);
        _lab.Settle();
        Assert.Equal(6, receipt.Members);
        Assert.Equal(new UnsendResult(3, 3), _lab.Unsend(_queue, receipt));
        _lab.Resume(served, pending, pendingElsewhere, left, draining, late);
        Assert.Equal("before;" + new string('x', length) + "after;", GroupLab.TextOf(served));
        Assert.All([pending, pendingElsewhere, draining], member => Assert.Equal("before;after;", GroupLab.TextOf(member)));
        Assert.All([left, late], member => Assert.Empty(member.Bytes));
        _lab.AssertNothingHeld();
    }

    [Fact]
    public void ADirectSendIsWithdrawn()
    {
        var direct = _lab.Queue();
        var member = _lab.StalledMember(direct);
        var receipt = _lab.Send(direct, "1;");
        Assert.Equal(new UnsendResult(1, 0), _lab.Unsend(direct, receipt));
        _lab.Resume(member);
        Assert.Empty(member.Bytes);
    }

    [Fact]
    public void ARecordIsWithdrawnFromAllItsPendingSends()
    {
        var member = _lab.StalledMember(_queue);
        var other = _lab.StalledMemberOn(_lab.Second, _queue);
        using var record = Record.Create(_lab.Arena, Encoding.Latin1.GetBytes("again;"));
        _lab.Send(_queue, record);
        _lab.Send(_queue, "1;");
        _lab.Send(_queue, record, 0);
        using (var duplicate = record.Duplicate())
        {
            _lab.Send(_queue, duplicate, 7);
        }

        Assert.Equal(new UnsendResult(6, 0), _lab.Unsend(_queue, record));
        _lab.Send(_queue, record);
        _lab.Resume(member, other);
        Assert.All([member, other], receiver => Assert.Equal("1;again;", GroupLab.TextOf(receiver)));
    }

    [Fact]
    public void WithdrawnTwiceTellsTheSameWhilePending()
    {
        var member = _lab.StalledMember(_queue);
        var receipt = _lab.Send(_queue, "1;");
        Assert.Equal(new UnsendResult(1, 0), _lab.Unsend(_queue, receipt));
        Assert.Equal(new UnsendResult(1, 0), _lab.Unsend(_queue, receipt));
        _lab.Resume(member);
        Assert.Empty(member.Bytes);
    }

    [Fact]
    public void WhatAllHaveIsBound()
    {
        var member = _lab.Member(_queue);
        var receipt = _lab.Send(_queue, "1;");
        _lab.Settle();
        Assert.Equal(new UnsendResult(0, 1), _lab.Unsend(_queue, receipt));
        _lab.AssertNothingHeld();
        Assert.Equal(new UnsendResult(0, 1), _lab.Unsend(_queue, receipt));
        Assert.Equal("1;", GroupLab.TextOf(member));
    }

    [Fact]
    public void ARecordExceptedExpiredOrSupersededIsNotCountedAsWithdrawn()
    {
        var member = _lab.StalledMember(_queue);
        var other = _lab.StalledMember(_queue);
        var excepted = _lab.Send(_queue, "1;", except: member.Outbox);
        var expired = _lab.Send(_queue, "2;", expiresAt: 5);
        var superseded = _lab.Send(_queue, "3;", key: 1);
        _lab.Send(_queue, "4;", key: 1);
        _lab.First.Now = 5;
        Assert.Equal(new UnsendResult(1, 0), _lab.Unsend(_queue, excepted));
        Assert.Equal(new UnsendResult(0, 2), _lab.Unsend(_queue, expired));
        Assert.Equal(new UnsendResult(0, 2), _lab.Unsend(_queue, superseded));
        _lab.Resume(member, other);
        Assert.All([member, other], receiver => Assert.Equal("4;", GroupLab.TextOf(receiver)));
    }

    [Fact]
    public void ALargeRecordIsLetGoOfWhenItIsWithdrawn()
    {
        var member = _lab.StalledMember(_queue);
        var before = _lab.Arena.AllocatedBytes;
        var receipt = _lab.Send(_queue, new string('x', 1_000_000));
        Assert.True(_lab.Arena.AllocatedBytes > before + 1_000_000);
        Assert.Equal(new UnsendResult(1, 0), _lab.Unsend(_queue, receipt));
        Assert.True(_lab.Arena.AllocatedBytes < before + 10_000);
        _lab.Resume(member);
        _lab.AssertNothingHeld();
    }

    [Fact]
    public void RunsSplitAroundWhatWasWithdrawn()
    {
        var member = _lab.StalledMember(_queue);
        var receipts = Enumerable.Range(0, 300).Select(each => _lab.Send(_queue, $"{each};")).ToArray();
        for (var each = 0; each < 300; each += 3)
        {
            Assert.Equal(new UnsendResult(1, 0), _lab.Unsend(_queue, receipts[each]));
        }

        _lab.Resume(member);
        Assert.Equal(string.Concat(Enumerable.Range(0, 300).Where(each => each % 3 != 0).Select(each => $"{each};")), GroupLab.TextOf(member));
        _lab.AssertNothingHeld();
    }
}
