using Broadside.NetStack.Simulation.Hosts;
using Broadside.NetStack.Tcp;

namespace Broadside.NetStack.Simulation;

/// <summary>What came about, over any number of runs: whether what was meant to happen did.</summary>
internal sealed class Tally
{
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    public long Runs;
    public long Packets;
    public long BytesReceived;
    public long Accepted;
    public long Refused;
    public long NotOpened;
    public long Left;
    public long HalfOpen;
    public long Targets;
    public long OutOfMemory;

    /// <summary>How often each thing happened, by name.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    public void Count(string what, long count = 1)
    {
        if (count != 0)
        {
            _counts[what] = _counts.GetValueOrDefault(what) + count;
        }
    }

    /// <summary>Takes down how a connection fared.</summary>
    public void Count(TcpConnection connection)
    {
        Count($"closed: {connection.CloseReason}");
        var recovery = connection.Recovery.Counters;
        Count("retransmissions", recovery.Retransmissions);
        Count("timeouts", recovery.Timeouts);
        Count("fast recoveries", recovery.FastRecoveries);
        Count("tail loss probes", recovery.TailLossProbes);
        Count("probe recoveries", recovery.ProbeRecoveries);
        Count("spurious recoveries", recovery.SpuriousRecoveries);
        Count("spurious timeouts", recovery.SpuriousTimeouts);
        Count("ECN reductions", recovery.EcnReductions);
        Count("duplicate SACKs", recovery.DuplicateSacks);
    }

    public void Count(SimulatedHost host)
    {
        var tcp = host.Stack.Tcp.Counters;
        Count("cookies sent", tcp.CookiesSent);
        Count("cookies accepted", tcp.CookiesAccepted);
        Count("opens refused", tcp.OpensRefused);
        Count("SYNs dropped", tcp.PendingDropped);
        Count("malformed segments", tcp.Malformed);
        Count("old timestamps", tcp.OldTimestamps);
        Count("TIME-WAITs evicted", tcp.TimeWaitsEvicted);
        Count("resets sent", tcp.ResetsSent);
        Count("out of order dropped", tcp.OutOfOrderDropped);
        Count("frames refused by a full device", host.Refusals);
    }

    public void Add(Tally other)
    {
        Runs += other.Runs;
        Packets += other.Packets;
        BytesReceived += other.BytesReceived;
        foreach (var (what, count) in other._counts)
        {
            Count(what, count);
        }

        Count("accepted", other.Accepted);
        Count("refused by the acceptor", other.Refused);
        Count("not opened", other.NotOpened);
        Count("left to the stack", other.Left);
        Count("half open to the end", other.HalfOpen);
        Count("received into targets", other.Targets);
        Count("no memory to send with", other.OutOfMemory);
    }
}
