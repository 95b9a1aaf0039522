using System.Collections.Concurrent;
using Broadside.Channels;
using Broadside.NetStack.Devices;
using Broadside.NetStack.Steering;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack;

/// <summary>
/// Channels over a TCP/IP stack in this process, a stack for each. They share the device's queue and all addresses: the first receives
/// and sends for all, and each connection's packets go to the channel that has it.
/// </summary>
/// <remarks>Safe for use from any thread.</remarks>
public sealed class NetStackBackend : ChannelBackend
{
    private readonly ConcurrentDictionary<NetworkAddress, bool> _addresses = new();
    private readonly Func<int, NetworkAttachment> _attach;

    /// <summary>Creates the backend. Devices are opened as channels start.</summary>
    /// <param name="options">The network, and how the stack works.</param>
    /// <exception cref="FormatException">No device is named so.</exception>
    public NetStackBackend(NetStackOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfZero(options.Addresses.Count, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaximumConnections, nameof(options));
        var device = DeviceAddress.Parse(options.Device);
        var group = new SteeringGroup(() => device.Open());
        _attach = _ => new NetworkAttachment(group.Add(), options);
    }

    /// <summary>Creates the backend over devices that were made elsewhere.</summary>
    /// <param name="attach">Gives each channel, by its number, its queue and its addresses.</param>
    internal NetStackBackend(Func<int, NetworkAttachment> attach) => _attach = attach;

    /// <inheritdoc/>
    public override string Name => "netstack";

    /// <inheritdoc/>
    /// <remarks><see cref="IoChannel.Start"/> opens the channel's device, and throws <see cref="DeviceFailedException"/> if it cannot.</remarks>
    public override IoChannel CreateChannel(ChannelSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var attachment = _attach(settings.Index);
        foreach (var own in attachment.Options.Addresses)
        {
            _addresses.TryAdd(NetworkAddress.From(own.Address), true);
        }

        return new NetStackChannel(this, settings, attachment);
    }

    /// <summary>Whether some channel of this backend has the address: where each has its own, an endpoint of one stands for the port on all.</summary>
    internal bool IsOwn(NetworkAddress address) => _addresses.ContainsKey(address);
}
