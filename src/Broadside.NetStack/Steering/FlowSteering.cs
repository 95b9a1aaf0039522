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
    private readonly byte[] _table;

    /// <summary>Spreads flows evenly.</summary>
    public FlowSteering(int channels, ToeplitzHash hash, SteeringExceptions exceptions)
        : this(Evenly(channels), hash, exceptions)
    {
    }

    /// <summary>Spreads flows as a table says, which may be a card's.</summary>
    public FlowSteering(ReadOnlySpan<byte> table, ToeplitzHash hash, SteeringExceptions exceptions)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(table.Length, TableLength, nameof(table));
        _table = table.ToArray();
        _hash = hash;
        Exceptions = exceptions;
    }

    public SteeringExceptions Exceptions { get; }

    /// <summary>Who gets the flow's packets.</summary>
    public int Owner(in SteeredFlow flow) => Exceptions.TryFind(flow, out var channel) ? channel : Home(flow.Flow);

    /// <summary>Who gets packets without ports: fragments until they are put together, and protocols that have none.</summary>
    public int Owner(NetworkAddress source, NetworkAddress destination) => At(_hash.OfAddresses(source, destination));

    /// <summary>
    /// Who gets the flow's packets unless it is an exception. A channel that connects chooses a local port with which it is the one.
    /// </summary>
    public int Home(in Flow flow) => At(_hash.OfFlow(flow));

    private static byte[] Evenly(int channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, TableLength);
        return [.. Enumerable.Range(0, TableLength).Select(place => (byte)(place % channels))];
    }

    private int At(uint hash) => _table[hash % TableLength];
}
