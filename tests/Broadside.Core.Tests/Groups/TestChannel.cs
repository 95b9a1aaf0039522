using Broadside.Channels;
using Broadside.Groups;

namespace Broadside.Core.Tests.Groups;

/// <summary>A channel without a thread: a dispatcher whose rounds the test runs.</summary>
internal sealed class TestChannel : IRoundHost
{
    public TestChannel(SequenceClock clock)
    {
        Dispatcher = new GroupDispatcher(this, clock);
    }

    public GroupDispatcher Dispatcher { get; }

    public long Now { get; set; }

    public void RequestRound()
    {
    }

    public void RunRound() => Dispatcher.OnRoundEnd();

    /// <summary>Runs rounds until nothing is left to do.</summary>
    public void Settle()
    {
        do
        {
            RunRound();
        }
        while (Dispatcher.IsPending);
    }
}

/// <summary>The limits a queue of the test has, and what it was told.</summary>
internal sealed class TestOwner : IQueueOwner
{
    public SlowMemberPolicy SlowMembers { get; set; }

    public long MaximumLag { get; set; } = 1L << 40;

    public Func<Outbox, long, long, Record?>? GapNotice { get; set; }

    public List<(Outbox Member, SlowMemberPolicy Policy, long Records, long Bytes)> Events { get; } = [];

    public Record? MakeGapNotice(Outbox member, long records, long bytes) => GapNotice?.Invoke(member, records, bytes);

    public void OnTrimmed(SendQueue queue)
    {
    }

    public void OnSlowMember(Outbox member, SlowMemberPolicy policy, long records, long bytes) => Events.Add((member, policy, records, bytes));
}

/// <summary>A receiver whose transport does as the test says.</summary>
internal sealed class TestReceiver : IOutboxTransport
{
    public static readonly OutboxLimits Limits = new(1L << 40, 64 * 1024, 1 << 20);

    private readonly Queue<BoundBatch> _unreleased = new();

    public TestReceiver(TestChannel channel, OutboxLimits? limits = null)
    {
        Channel = channel;
        Outbox = new Outbox(channel.Dispatcher, this, limits ?? Limits);
    }

    public TestChannel Channel { get; }

    public Outbox Outbox { get; }

    /// <summary>What the next sends return.</summary>
    public SendStatus Status { get; set; } = SendStatus.Released;

    public bool IsDrained { get; private set; }

    public CloseReason? Disconnected { get; private set; }

    public bool KeepBytes { get; set; } = true;

    public List<byte> Bytes { get; } = [];

    public Action<TestReceiver, BoundBatch>? OnSend { get; set; }

    public int Sends { get; private set; }

    public bool HasPending { get; private set; }

    public bool HasUnreleased => _unreleased.Count > 0;

    public SendStatus Send(BoundBatch batch)
    {
        Assert.False(HasPending);
        Sends++;
        if (KeepBytes)
        {
            foreach (var extent in batch.Extents)
            {
                Bytes.AddRange(extent.Span);
            }
        }

        OnSend?.Invoke(this, batch);
        if (Status != SendStatus.Released)
        {
            _unreleased.Enqueue(batch);
        }

        HasPending = Status == SendStatus.Pending;
        return Status;
    }

    public void OnDrained() => IsDrained = true;

    public void Disconnect(CloseReason reason) => Disconnected ??= reason;

    public void Accept(bool atOnce = false)
    {
        HasPending = false;
        Outbox.OnAccepted(atOnce);
    }

    public void Release() => Outbox.OnReleased(_unreleased.Dequeue());

    /// <summary>What a real connection does at its end.</summary>
    public void CloseDown()
    {
        while (HasUnreleased)
        {
            Release();
        }

        Outbox.Close();
        Outbox.EndMemberships();
    }
}
