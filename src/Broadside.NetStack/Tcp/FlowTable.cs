using System.Diagnostics;
using System.Numerics;
using Broadside.NetStack.Network;

namespace Broadside.NetStack.Tcp;

/// <summary>
/// The connections of a channel by their flow: open addressing with linear probing, at most half full, of fixed size. The hash is keyed,
/// so that nobody can send connections all to one place.
/// </summary>
internal sealed class FlowTable<T>
    where T : class
{
    private readonly KeyedHash _hash;
    private readonly Entry[] _entries;
    private readonly int _mask;

    public FlowTable(int capacity, KeyedHash hash)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1 << 28);
        Capacity = capacity;
        _hash = hash;
        _entries = new Entry[BitOperations.RoundUpToPowerOf2((uint)capacity * 2)];
        _mask = _entries.Length - 1;
    }

    /// <summary>How many flows it holds at most.</summary>
    public int Capacity { get; }

    public int Count { get; private set; }

    public bool IsFull => Count == Capacity;

    /// <summary>What is there, in no order; the table must not change meanwhile. Allocates: not for packets.</summary>
    public IEnumerable<T> Values => _entries.Where(static entry => entry.Value is not null).Select(static entry => entry.Value!);

    public T? Find(in Flow flow) => _entries[Probe(flow, Hash(flow))].Value;

    /// <summary>Adds a flow; false if it is there already or the table is full.</summary>
    public bool TryAdd(in Flow flow, T value)
    {
        var hash = Hash(flow);
        ref var entry = ref _entries[Probe(flow, hash)];
        if (IsFull || entry.Value is not null)
        {
            return false;
        }

        entry = new() { Flow = flow, Hash = hash, Value = value };
        Count++;
        return true;
    }

    /// <summary>Removes a flow; false if it is not there.</summary>
    public bool Remove(in Flow flow)
    {
        var place = Probe(flow, Hash(flow));
        if (_entries[place].Value is null)
        {
            return false;
        }

        CloseGap(place);
        Count--;
        return true;
    }

    // Moves back whatever could no longer be found for the gap, so that no marks of removed entries pile up (Knuth, 6.4, algorithm R).
    private void CloseGap(int gap)
    {
        for (var place = Next(gap); _entries[place].Value is not null; place = Next(place))
        {
            var home = (int)_entries[place].Hash & _mask;
            if (((place - home) & _mask) >= ((place - gap) & _mask))
            {
                _entries[gap] = _entries[place];
                gap = place;
            }
        }

        _entries[gap] = default;
    }

    private uint Hash(in Flow flow) => (uint)_hash.Fast(flow);

    // Where the flow is, or the free place where it would be.
    private int Probe(in Flow flow, uint hash)
    {
        Debug.Assert(Count < _entries.Length);
        var place = (int)hash & _mask;
        while (_entries[place].Value is not null && !_entries[place].Matches(flow, hash))
        {
            place = Next(place);
        }

        return place;
    }

    private int Next(int place) => (place + 1) & _mask;

    private struct Entry
    {
        public T? Value;
        public uint Hash;
        public Flow Flow;

        public readonly bool Matches(in Flow flow, uint hash) => Hash == hash && Flow == flow;
    }
}
