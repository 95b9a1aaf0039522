using Broadside.Channels;
using Broadside.Groups;

namespace Broadside.Microbench;

/// <summary>A channel without a thread, whose rounds the benchmark runs, and a transport that has always room.</summary>
internal sealed class BenchChannel : IRoundHost, IQueueOwner, IOutboxTransport
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

    /// <summary>What sends return; pending ones are to be accepted.</summary>
    public SendStatus Status { get; set; } = SendStatus.Released;

    public BoundBatch? Pending { get; private set; }

    public long Sent { get; private set; }

    public void RequestRound()
    {
    }

    public SendStatus Send(BoundBatch batch)
    {
        Sent += batch.Length;
        Pending = batch;
        return Status;
    }

    public void Disconnect(CloseReason reason) => throw new InvalidOperationException($"Disconnected: {reason}");

    public Record? MakeGapNotice(Outbox member, long records, long bytes) => null;

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
