using Broadside.Groups;

namespace Broadside.Core.Tests.Groups;

/// <summary>Records that are not for everybody or not for ever.</summary>
public sealed class ConditionTests
{
    private readonly GroupLab _lab = new();
    private readonly SendQueue _queue;

    public ConditionTests()
    {
        _queue = _lab.Queue();
    }

    [Fact]
    public void WhatHasExpiredIsNotBound()
    {
        var member = _lab.StalledMember(_queue);
        _lab.First.Now = 10;
        _lab.Send(_queue, "1;", expiresAt: 20);
        _lab.Send(_queue, "2;", expiresAt: 21);
        _lab.Send(_queue, "3;");
        _lab.First.Now = 20;
        _lab.Resume(member);
        Assert.Equal("2;3;", GroupLab.TextOf(member));
        Assert.Equal(0, member.Outbox.QueuedBytes);
        _lab.AssertNothingHeld();
    }

    [Fact]
    public void ALargeRecordThatExpiresIsLetGoOf()
    {
        var member = _lab.StalledMember(_queue);
        _lab.Send(_queue, new string('x', 100_000), expiresAt: 5);
        _lab.First.Now = 5;
        _lab.Resume(member);
        Assert.Empty(member.Bytes);
        _lab.AssertNothingHeld();
    }

    [Fact]
    public void ANewerRecordOfTheSameKeySupersedesThePendingOne()
    {
        var member = _lab.StalledMember(_queue);
        _lab.Send(_queue, "a1;", key: "a");
        _lab.Send(_queue, "b1;", key: "b");
        _lab.Send(_queue, "a2;", key: "a");
        _lab.Send(_queue, "plain;");
        _lab.Send(_queue, "a3;", 7, key: "a");
        _lab.Resume(member);
        Assert.Equal("b1;plain;a3;", GroupLab.TextOf(member));
    }

    [Fact]
    public void SupersedingReachesOnlyThoseWhoHaveNotBegunTheOlder()
    {
        var slow = _lab.StalledMember(_queue);
        var fast = _lab.MemberOn(_lab.Second, null, _queue);
        _lab.Send(_queue, "a1;", key: 1);
        _lab.Settle();
        _lab.Send(_queue, "a2;", key: 1);
        _lab.Resume(slow);
        Assert.Equal("a1;a2;", GroupLab.TextOf(fast));
        Assert.Equal("a2;", GroupLab.TextOf(slow));
    }

    [Fact]
    public void KeysThatAllHavePassedAreForgotten()
    {
        var member = _lab.Member(_queue);
        for (var key = 0; key < 2_000; key++)
        {
            _lab.Send(_queue, $"{key};", key: key);
            _lab.Settle();
        }

        _lab.Send(_queue, "again;", key: 3);
        _lab.Settle();
        Assert.EndsWith("1999;again;", GroupLab.TextOf(member), StringComparison.Ordinal);
    }

    [Fact]
    public void TheOneExceptedIsNeitherCountedNorServed()
    {
        var origin = _lab.StalledMember(_queue);
        var other = _lab.StalledMember(_queue);
        var extents = 0;

        // These fill the log's first, small segment.
        _lab.Send(_queue, "a;");
        _lab.Send(_queue, "b;");
        _lab.Send(_queue, "1;");
        Assert.Equal(1, _lab.Send(_queue, "2;", except: origin.Outbox).Members);
        Assert.Equal(2, _lab.Send(_queue, "3;").Members);
        var stranger = _lab.Member();
        Assert.Equal(2, _lab.Send(_queue, "4;", except: stranger.Outbox).Members);
        origin.OnSend = (_, batch) => extents += batch.Count;
        other.OnSend = (_, batch) => extents += batch.Count * 100;
        _lab.Resume(origin, other);
        Assert.Equal("a;b;1;3;4;", GroupLab.TextOf(origin));
        Assert.Equal("a;b;1;2;3;4;", GroupLab.TextOf(other));

        // The run is split for the one only: what the other gets lies side by side and stays one extent.
        Assert.Equal(203, extents);
    }

    [Fact]
    public void ALargeRecordIsNotServedToTheOneExceptedEither()
    {
        var origin = _lab.StalledMember(_queue);
        var other = _lab.StalledMemberOn(_lab.Second, _queue);
        _lab.Send(_queue, new string('x', 9_000), except: origin.Outbox);
        _lab.Resume(origin, other);
        Assert.Equal((0, 9_000), (origin.Bytes.Count, other.Bytes.Count));
        _lab.AssertNothingHeld();
    }
}
