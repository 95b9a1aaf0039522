using System.Net;
using Broadside.Channels;

namespace Broadside.Testing;

/// <summary>A machine of its own on a <see cref="SimulatedNetwork"/>: what its channels bind to wildcard and loopback addresses is bound here.</summary>
public sealed class SimulatedHost : ChannelBackend
{
    private readonly SimulatedNetwork _network;

    internal SimulatedHost(SimulatedNetwork network, IPAddress address)
    {
        _network = network;
        Address = address;
    }

    /// <summary>The machine's address, by which others reach it.</summary>
    public IPAddress Address { get; }

    /// <inheritdoc/>
    public override string Name => _network.Name;

    /// <inheritdoc/>
    public override IoChannel CreateChannel(ChannelSettings settings) => _network.CreateChannel(settings, Address);
}
