namespace Broadside.Testing;

/// <content>What is left to chance: everything drawn from the seed.</content>
public sealed partial class SimulatedNetwork
{
    internal long DrawLatency(SimulatedLinkOptions link) => link.Latency.Ticks + DrawSpan(link.Jitter);

    internal long DrawStall(SimulatedEventKind kind) =>
        kind == SimulatedEventKind.Data && Happens(Options.Faults.Stall) ? DrawSpan(Options.Faults.MaximumStall) : 0;

    internal bool DrawReset() => Happens(Options.Faults.Reset);

    internal bool DrawRefusal() => Happens(Options.Faults.ConnectRefusal);

    internal long DrawReleaseDelay() => DrawSpan(Options.MaximumReleaseDelay);

    internal long DrawAccept() => Options.MaximumAccept is { } maximum ? _random.NextInt64(maximum) + 1 : long.MaxValue;

    internal bool DrawIsCopied() => Options.SendRelease switch
    {
        SimulatedSendRelease.Copied => true,
        SimulatedSendRelease.Acknowledged => false,
        _ => _random.Next(2) == 0,
    };

    internal bool DrawDatagramLoss() => Happens(Options.Faults.DatagramLoss);

    internal int DrawDatagramCopies() => Happens(Options.Faults.DatagramDuplication) ? 2 : 1;

    internal long DrawDatagramLatency()
    {
        var latency = DrawLatency(Options.ToAcceptor);
        return Happens(Options.Faults.DatagramReordering) ? latency + DrawSpan(Options.Faults.MaximumReordering) : latency;
    }

    internal void Shuffle<T>(List<T> items) => _random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(items));

    private long DrawSpan(TimeSpan maximum) => maximum > TimeSpan.Zero ? _random.NextInt64(maximum.Ticks + 1) : 0;

    private bool Happens(double probability) => probability > 0 && _random.NextDouble() < probability;
}
