using System.Text;
using Broadside.Channels;
using Broadside.Groups;

namespace Broadside.Core.Tests.Groups;

/// <summary>Two channels, an arena that keeps account, and short ways to send texts and see what receivers got.</summary>
internal sealed class GroupLab
{
    public GroupLab()
    {
        First = new TestChannel(Clock);
        Second = new TestChannel(Clock);
    }

    public SequenceClock Clock { get; } = new();

    public Arena Arena { get; } = new(new ArenaOptions { Diagnostics = true });

    public TestOwner Owner { get; } = new();

    public TestChannel First { get; }

    public TestChannel Second { get; }

    public static string TextOf(TestReceiver receiver) => Encoding.Latin1.GetString([.. receiver.Bytes]);

    public static long IdOf(Record record)
    {
        Assert.True(record.TryTakeReference(out var body));
        body.Release();
        return body.Id;
    }

    public SendQueue Queue() => new(Clock, Arena, Owner);

    /// <summary>A receiver that is a member of each queue; on the first channel.</summary>
    public TestReceiver Member(params SendQueue[] queues) => MemberOn(First, null, queues);

    public TestReceiver MemberOn(TestChannel channel, OutboxLimits? limits, params SendQueue[] queues)
    {
        var receiver = new TestReceiver(channel, limits);
        Assert.All(queues, queue => Assert.True(queue.Add(receiver.Outbox)));
        return receiver;
    }

    /// <summary>A member that accepts nothing: what is sent to it from now on stays pending.</summary>
    public TestReceiver StalledMember(params SendQueue[] queues) => StalledMemberOn(First, queues);

    public TestReceiver StalledMemberOn(TestChannel channel, params SendQueue[] queues)
    {
        var direct = Queue();
        var receiver = MemberOn(channel, null, direct);
        receiver.Status = SendStatus.Pending;
        Send(direct, "!");
        channel.Settle();
        Assert.True(receiver.HasPending);
        receiver.Bytes.Clear();
        Assert.All(queues, queue => Assert.True(queue.Add(receiver.Outbox)));
        return receiver;
    }

    public SendReceipt Send(
        SendQueue queue, string text, int priority = 4, Outbox? except = null, long expiresAt = 0, RecordKey? key = null)
    {
        using var record = Record.Create(Arena, Encoding.Latin1.GetBytes(text));
        return Send(queue, record, priority, except, expiresAt, key);
    }

    public SendReceipt Send(
        SendQueue queue, Record record, int priority = 4, Outbox? except = null, long expiresAt = 0, RecordKey? key = null)
    {
        Assert.True(record.TryTakeReference(out var body));
        var request = new SendRequest(body) { Priority = priority, Except = except, ExpiresAt = expiresAt, Key = key };
        try
        {
            Assert.Equal(SendOutcome.Sent, queue.TryAppend(request, out var receipt));
            return receipt;
        }
        finally
        {
            body.Release();
        }
    }

    public void Settle()
    {
        First.Settle();
        Second.Settle();
    }

    /// <summary>Lets a stalled receiver take everything.</summary>
    public void Resume(params TestReceiver[] receivers)
    {
        foreach (var receiver in receivers)
        {
            receiver.Status = SendStatus.Released;
            if (receiver.HasPending)
            {
                receiver.Accept();
            }

            while (receiver.HasUnreleased)
            {
                receiver.Release();
            }
        }

        Settle();
    }

    /// <summary>Takes one batch from a stalled receiver and binds its next.</summary>
    public void Step(TestReceiver receiver)
    {
        receiver.Accept();
        receiver.Release();
        receiver.Channel.Settle();
    }

    public UnsendResult Unsend(SendQueue queue, SendReceipt receipt) => Finish(queue.UnsendAsync(receipt));

    public UnsendResult Unsend(SendQueue queue, Record record) => Finish(queue.UnsendAsync(IdOf(record)));

    /// <summary>Once all is trimmed nothing is held.</summary>
    public void AssertNothingHeld()
    {
        Settle();
        First.Dispatcher.TrimIdle();
        Second.Dispatcher.TrimIdle();
        Assert.Empty(Arena.Outstanding());
    }

    private UnsendResult Finish(ValueTask<UnsendResult> task)
    {
        Settle();
        Assert.True(task.IsCompletedSuccessfully);
        return task.Result;
    }
}
