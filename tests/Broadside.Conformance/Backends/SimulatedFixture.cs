using Broadside.Testing;

namespace Broadside.Conformance.Backends;

/// <summary>The simulated network: conditions are waited for by driving it.</summary>
public class SimulatedFixture : BackendFixture
{
    private static readonly TimeSpan VirtualPatience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public override EndPoint ListenEndPoint => new IPEndPoint(IPAddress.Loopback, 0);

    public override EndPoint RefusingEndPoint => new IPEndPoint(IPAddress.Loopback, 9);

    public override bool HasUnixSockets => true;

    public override bool RunsOnThreads => false;

    protected virtual SimulatedNetworkOptions Options => new();

    private SimulatedNetwork Network => (SimulatedNetwork)Backend;

    public override SilentPeer CreateSilentPeer()
    {
        var endPoint = new IPEndPoint(IPAddress.Loopback, 10);
        Network.Stall(endPoint);
        return new SilentPeer(endPoint, []);
    }

    public override void Signal() => Network.Wake();

    public override Task Until(Func<bool> condition, string what)
    {
        var end = Network.TimeProvider.Elapsed + VirtualPatience;
        while (!condition())
        {
            Assert.True(Network.TimeProvider.Elapsed < end, $"Waited in vain for {what}.");

            // At rest, only what other threads of the test do can still make the condition true.
            Assert.True(Network.Step() || Network.WaitForWork(Patience), $"Waited in vain for {what}.");
        }

        return Task.CompletedTask;
    }

    protected override ChannelBackend CreateBackend() => new SimulatedNetwork(Options);
}
