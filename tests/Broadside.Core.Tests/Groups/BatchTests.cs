using Broadside.Groups;
using Broadside.Records;

namespace Broadside.Core.Tests.Groups;

/// <summary>Several records sent as one publication.</summary>
public sealed class BatchTests
{
    private readonly GroupLab _lab = new();

    [Fact]
    public async Task ComesInOrderAndEachSendHasItsName()
    {
        var queue = _lab.Queue();
        var member = _lab.StalledMember(queue);
        var receipts = Send(queue, "1;", "2;", new string('x', 5000) + ";", "3;");
        Assert.All(receipts, receipt => Assert.Equal(1, receipt.Members));
        Assert.Equal(receipts.Select(receipt => receipt.Sequence).Order(), receipts.Select(receipt => receipt.Sequence));
        var unsend = queue.UnsendAsync(receipts[1]);
        _lab.Resume(member);
        Assert.Equal(new UnsendResult(1, 0), await unsend);
        Assert.Equal("1;" + new string('x', 5000) + ";3;", GroupLab.TextOf(member));
        _lab.AssertNothingHeld();
    }

    [Fact]
    public void StopsWhereTheQueueIsFull()
    {
        var owner = new TestOwner { SlowMembers = SlowMemberPolicy.Wait, MaximumLag = 3 * (10 + LogEntry.Overhead) };
        var queue = new SendQueue(_lab.Clock, _lab.Arena, owner);
        var member = _lab.StalledMember(queue);
        var texts = Enumerable.Range(0, 5).Select(each => $"record-{each};"[..9] + ";").ToArray();
        Assert.Equal(3, Send(queue, texts).Length);
        _lab.Resume(member);
        Assert.Equal(string.Concat(texts.Take(3)), GroupLab.TextOf(member));
        _lab.AssertNothingHeld();
    }

    private SendReceipt[] Send(SendQueue queue, params string[] texts)
    {
        var records = Array.ConvertAll(texts, text => Record.Create(_lab.Arena, System.Text.Encoding.ASCII.GetBytes(text)));
        var bodies = Array.ConvertAll(records, record => record.TryTakeReference(out var body) ? body : throw new InvalidOperationException());
        var receipts = new SendReceipt[texts.Length];
        queue.TryAppend(bodies, default(SendRequest) with { Priority = 4 }, new SendQueue.Reservation[texts.Length], receipts, out var sent);
        Array.ForEach(bodies, body => body.Release());
        Array.ForEach(records, record => record.Dispose());
        return receipts[..sent];
    }
}
