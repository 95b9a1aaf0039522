using Broadside.NetStack.Devices;

namespace Broadside.Conformance.Backends;

/// <summary>The same, where frames take a while: what one end does and what the other sees of it come apart.</summary>
public sealed class NetStackLatencyFixture : NetStackFixture
{
    internal override SimulatedPortOptions Port => base.Port with { Latency = TimeSpan.FromMilliseconds(1), MaximumSegmentedLength = 65_000 };
}
