using Broadside.Channels;
using Broadside.Groups;

namespace Broadside.Core.Tests.Groups;

/// <summary>How much is offered to the transport at a time.</summary>
public sealed class QuantumTests
{
    private readonly GroupLab _lab = new();
    private readonly List<long> _lengths = [];

    [Theory]
    [InlineData(SendStatus.Pending, true, new long[] { 8, 16, 32, 32 })]
    [InlineData(SendStatus.Pending, false, new long[] { 8, 8, 8, 8 })]
    [InlineData(SendStatus.Released, true, new long[] { 8, 16, 32, 32 })]
    public void GrowsUnderABacklogWhileThePeerKeepsUp(SendStatus status, bool atOnce, long[] expected)
    {
        var queue = _lab.Queue();
        var member = _lab.MemberOn(_lab.First, new OutboxLimits(1 << 20, 8, 32), queue);
        member.Status = SendStatus.Pending;
        member.OnSend += (_, batch) => _lengths.Add(batch.Length);
        for (var record = 0; record < 50; record++)
        {
            _lab.Send(queue, "abc;");
        }

        _lab.Settle();
        member.Status = status;
        while (member.HasPending)
        {
            member.Accept(atOnce);
            member.Release();
            _lab.Settle();
        }

        Assert.Equal(expected, _lengths.Take(4));
        _lab.Resume(member);
        _lab.AssertNothingHeld();
    }

    [Fact]
    public void IsSmallAgainAfterAWaitAndWhenNothingIsLeft()
    {
        var queue = _lab.Queue();
        var member = _lab.MemberOn(_lab.First, new OutboxLimits(1 << 20, 8, 32), queue);
        member.Status = SendStatus.Pending;
        member.OnSend += (_, batch) => _lengths.Add(batch.Length);
        for (var record = 0; record < 20; record++)
        {
            _lab.Send(queue, "abc;");
        }

        _lab.Settle();
        foreach (var atOnce in new[] { true, true, false, true })
        {
            member.Accept(atOnce);
            member.Release();
            _lab.Settle();
        }

        Assert.Equal([8, 16, 32, 8, 16], _lengths);
        member.Accept(atOnce: true);
        member.Release();
        for (var record = 0; record < 20; record++)
        {
            _lab.Send(queue, "abc;");
        }

        _lab.Settle();
        Assert.Equal(8, _lengths[^1]);
        _lab.Resume(member);
        _lab.AssertNothingHeld();
    }
}
