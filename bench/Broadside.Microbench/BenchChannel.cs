using Broadside.Channels;
using Broadside.Groups;

namespace Broadside.Microbench;

/// <summary>A channel without a thread, whose rounds the benchmark runs.</summary>
internal sealed class BenchChannel : IRoundHost, IQueueOwner
{
    public BenchChannel()
    {
        Dispatcher = new GroupDispatcher(this, Clock);
        Queue = new SendQueue(Clock, Arena, this);
    }

    public SequenceClock Clock { get; } = new();

    public Arena Arena { get; } = new();

    public GroupDispatcher Dispatcher { get; }

    public SendQueue Queue { get; }

    public long Now => 1;

    public SlowMemberPolicy SlowMembers => SlowMemberPolicy.Disconnect;

    public long MaximumLag => 1L << 40;

    public void RequestRound()
    {
    }

    public Record? MakeGapNotice(Outbox member, long records, long bytes) => null;

    public void OnTrimmed(SendQueue queue)
    {
    }

    public void OnSlowMember(Outbox member, SlowMemberPolicy policy, long records, long bytes)
    {
    }

    public void Settle()
    {
        do
        {
            Dispatcher.OnRoundEnd();
        }
        while (Dispatcher.IsPending);
    }
}

/// <summary>A connection whose sends return what the benchmark says; pending ones are to be served.</summary>
internal sealed class BenchMember : IOutboxTransport
{
    private BoundBatch? _pending;

    public BenchMember(BenchChannel channel)
    {
        Outbox = new Outbox(channel.Dispatcher, this, new OutboxLimits(1L << 40, 64 * 1024, 64 * 1024));
        channel.Queue.Add(Outbox);
    }

    public Outbox Outbox { get; }

    public SendStatus Status { get; set; } = SendStatus.Released;

    public SendStatus Send(BoundBatch batch)
    {
        _pending = batch;
        return Status;
    }

    public void OnDrained()
    {
    }

    public void Disconnect(CloseReason reason) => throw new InvalidOperationException($"Disconnected: {reason}");

    /// <summary>The transport took the pending batch and let go of it.</summary>
    public void Serve()
    {
        Outbox.OnAccepted(atOnce: false);
        Outbox.OnReleased(_pending!);
    }
}
