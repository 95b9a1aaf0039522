using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Broadside.NetStack.Network;

namespace Broadside.NetStack.Steering;

/// <summary>
/// Which connections live elsewhere than their hash says: those to a port that their home does not listen on, and those whose local port
/// could not be chosen to fit. Looked at for each packet of a connection, changed seldom; bounded.
/// </summary>
internal sealed class SteeringExceptions(int capacity, KeyedHash hash)
{
    private readonly ConcurrentDictionary<Flow, int> _channels = new(new KeyedComparer(hash));
    private int _count;

    /// <summary>Has a flow be a channel's; false if another has it, or there are too many.</summary>
    public bool TryAdd(in Flow flow, int channel)
    {
        if (Interlocked.Increment(ref _count) <= capacity && _channels.TryAdd(flow, channel))
        {
            return true;
        }

        Interlocked.Decrement(ref _count);
        return TryFind(flow, out var owner) && owner == channel;
    }

    /// <summary>Has a flow be again where its hash says, if it was the channel's.</summary>
    public void Remove(in Flow flow, int channel)
    {
        if (_channels.TryRemove(new(flow, channel)))
        {
            Interlocked.Decrement(ref _count);
        }
    }

    /// <summary>The channel that a flow was given to.</summary>
    public bool TryFind(in Flow flow, out int channel)
    {
        channel = -1;
        return Volatile.Read(ref _count) > 0 && _channels.TryGetValue(flow, out channel);
    }

    /// <summary>The flows are the remote ends' choice, so their places in the table must not be.</summary>
    private sealed class KeyedComparer(KeyedHash hash) : IEqualityComparer<Flow>
    {
        public bool Equals(Flow x, Flow y) => x == y;

        public int GetHashCode([DisallowNull] Flow flow) => (int)hash.Fast(flow);
    }
}
