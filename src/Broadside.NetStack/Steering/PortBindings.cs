using System.Collections.Concurrent;
using System.Numerics;
using Broadside.NetStack.Network;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Steering;

/// <summary>Which channels listen on which port, or have bound it. From any thread.</summary>
internal sealed class PortBindings
{
    /// <summary>How many channels there may be.</summary>
    public const int MaximumChannels = 64;

    private readonly ConcurrentDictionary<Binding, ulong> _channels = new();

    public void Add(InternetProtocol protocol, NetworkAddress address, ushort port, int channel) =>
        _channels.AddOrUpdate(new(protocol, address, port), static (_, bit) => bit, static (_, bits, bit) => bits | bit, 1UL << channel);

    public void Remove(InternetProtocol protocol, NetworkAddress address, ushort port, int channel)
    {
        var binding = new Binding(protocol, address, port);
        while (_channels.TryGetValue(binding, out var bits))
        {
            var left = bits & ~(1UL << channel);
            if (left == 0 ? _channels.TryRemove(new(binding, bits)) : _channels.TryUpdate(binding, left, bits))
            {
                return;
            }
        }
    }

    /// <summary>Whether any channel has bound the port, whatever the address.</summary>
    public bool IsBound(InternetProtocol protocol, ushort port)
    {
        foreach (var (binding, _) in _channels)
        {
            if (binding.Port == port && binding.Protocol == protocol)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Who gets what comes to a port for nobody in particular: its home if that has bound the port, else one of those that have.</summary>
    /// <param name="protocol">The protocol.</param>
    /// <param name="flow">What came.</param>
    /// <param name="home">Whose it is by its hash, and remains if nobody has bound the port.</param>
    /// <param name="hash">Chooses among several.</param>
    public int Choose(InternetProtocol protocol, in Flow flow, int home, uint hash)
    {
        // An engine that listens on any address is told one, and listens on that with its other channels: both count alike.
        var any = flow.Local.IsIPv4 ? IPv4Address.Unspecified : (NetworkAddress)IPv6Address.Unspecified;
        var bits = Bound(new(protocol, flow.Local, flow.LocalPort)) | Bound(new(protocol, any, flow.LocalPort));
        if (bits == 0 || (bits >> home & 1) != 0)
        {
            return home;
        }

        for (var skipped = hash % (uint)BitOperations.PopCount(bits); skipped > 0; skipped--)
        {
            bits &= bits - 1;
        }

        return BitOperations.TrailingZeroCount(bits);
    }

    private ulong Bound(in Binding binding) => _channels.GetValueOrDefault(binding);

    private readonly record struct Binding(InternetProtocol Protocol, NetworkAddress Address, ushort Port);
}
