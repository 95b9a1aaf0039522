using Broadside.NetStack.Network;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Steering;

/// <summary>
/// Which channel owns a flow, for all channels of an engine alike: where a device has one receive queue, the channel that reads it hands
/// packets on. As in a card, the lowest bits of the hash are a place in a table of channels.
/// </summary>
internal sealed class FlowSteering
{
    /// <summary>The length of the table, as cards have it.</summary>
    public const int TableLength = 128;

    private readonly ToeplitzHash _hash;
    private readonly int _channels;

    /// <summary>Spreads flows evenly over the first channels. Others own only what they are given.</summary>
    public FlowSteering(int channels, ToeplitzHash hash, SteeringExceptions exceptions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, PortBindings.MaximumChannels);
        _channels = channels;
        _hash = hash;
        Exceptions = exceptions;
    }

    public SteeringExceptions Exceptions { get; }

    public PortBindings Bindings { get; } = new();

    /// <summary>Whether a channel is the home of some flows.</summary>
    public bool HasFlows(int channel) => channel < _channels;

    /// <summary>
    /// Who gets the flow's packets unless it is an exception. A channel that connects chooses a local port with which it is the one.
    /// </summary>
    public int Home(in Flow flow) => At(_hash.OfFlow(flow));

    /// <summary>Who gets a TCP segment. Only one that may begin a connection asks who listens: what has begun stays where it is.</summary>
    public int OwnerOfSegment(in Flow flow, bool begins)
    {
        if (Exceptions.TryFind(flow, out var channel))
        {
            return channel;
        }

        var hash = _hash.OfFlow(flow);
        return begins ? Bindings.Choose(InternetProtocol.Tcp, flow, At(hash), Rest(hash)) : At(hash);
    }

    /// <summary>Who gets a datagram.</summary>
    public int OwnerOfDatagram(in Flow flow)
    {
        var hash = _hash.OfFlow(flow);
        return Bindings.Choose(InternetProtocol.Udp, flow, At(hash), Rest(hash));
    }

    private static uint Rest(uint hash) => hash / TableLength;

    private int At(uint hash) => (int)(hash % TableLength) % _channels;
}
