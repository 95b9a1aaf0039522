using Broadside.Bench.Load;

namespace Broadside.Bench.Scenarios;

/// <summary>What a fan-out's rate counts.</summary>
/// <param name="Name">As printed.</param>
/// <param name="Scale">How many units the printed one is.</param>
internal sealed record FanoutUnit(string Name, double Scale)
{
    /// <summary>Messages delivered, in millions.</summary>
    public static FanoutUnit Deliveries { get; } = new("Mdeliveries/cpu-s", 1e6);

    /// <summary>Bytes delivered, in GB.</summary>
    public static FanoutUnit Bytes { get; } = new("GB/cpu-s", 1e9);

    /// <param name="bytes">What the subscribers received.</param>
    /// <param name="protocol">In which protocol.</param>
    /// <param name="size">Messages of which size.</param>
    public double Count(long bytes, string protocol, int size) => this == Bytes ? bytes : (double)bytes / WireLength(protocol, size);

    // The bare loop's runs count in messages as ours has them on the wire.
    private static int WireLength(string protocol, int size) => Protocols.Find(protocol == "run" ? "resp" : protocol).Delivery(new byte[size]).Length;
}
