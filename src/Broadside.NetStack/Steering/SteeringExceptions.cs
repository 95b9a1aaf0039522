using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Broadside.NetStack.Network;

namespace Broadside.NetStack.Steering;

/// <summary>
/// Which flows live elsewhere than their hash says: those to a port that one channel listens on alone, and those whose local port was
/// given, so that it could not be chosen to fit. Read by all channels for each packet, changed seldom; bounded.
/// </summary>
internal sealed class SteeringExceptions(int capacity, KeyedHash hash)
{
    private readonly ConcurrentDictionary<SteeredFlow, int> _channels = new(new KeyedComparer(hash));
    private int _count;

    /// <summary>Has a flow be a channel's; false if another has it, or there are too many.</summary>
    public bool TryAdd(in SteeredFlow flow, int channel)
    {
        if (Interlocked.Increment(ref _count) <= capacity && _channels.TryAdd(flow, channel))
        {
            return true;
        }

        Interlocked.Decrement(ref _count);
        return false;
    }

    /// <summary>Has a flow be again where its hash says.</summary>
    public void Remove(in SteeredFlow flow)
    {
        if (_channels.TryRemove(flow, out _))
        {
            Interlocked.Decrement(ref _count);
        }
    }

    /// <summary>The channel that a flow was given to, or that has all flows to its port.</summary>
    public bool TryFind(in SteeredFlow flow, out int channel)
    {
        channel = -1;
        return Volatile.Read(ref _count) > 0
            && (_channels.TryGetValue(flow, out channel)
                || _channels.TryGetValue(SteeredFlow.ToPort(flow.Protocol, flow.Flow.LocalPort), out channel));
    }

    /// <summary>The flows are the remote ends' choice, so their places in the table must not be.</summary>
    private sealed class KeyedComparer(KeyedHash hash) : IEqualityComparer<SteeredFlow>
    {
        public bool Equals(SteeredFlow x, SteeredFlow y) => x == y;

        public int GetHashCode([DisallowNull] SteeredFlow flow) => (int)hash.Fast(flow.Flow) ^ (int)flow.Protocol;
    }
}
