namespace Broadside.NetStack.Network;

/// <summary>
/// Packets that wait for their neighbor's address, copied: a few for each (RFC 1122 section 2.3.2.2, RFC 4861 section 7.2.2) and not many
/// for all. The oldest give way.
/// </summary>
internal sealed class PendingPackets(int capacity, int perNeighbor, int maximumLength)
{
    private readonly Slot[] _slots = new Slot[capacity];
    private long _added;

    public int Count { get; private set; }

    /// <summary>Makes room for a packet, which the caller writes.</summary>
    /// <returns>The room; another packet may have been dropped for it.</returns>
    public Span<byte> Add(Neighbor neighbor, int length, out bool dropped)
    {
        var index = ChooseSlot(neighbor);
        ref var slot = ref _slots[index];
        dropped = slot.Neighbor is not null;
        Count += dropped ? 0 : 1;
        slot.Buffer ??= new byte[maximumLength];
        slot.Neighbor = neighbor;
        slot.Generation = neighbor.Generation;
        slot.Length = length;
        slot.Order = _added++;
        return slot.Buffer.AsSpan(0, length);
    }

    /// <summary>
    /// Takes the oldest packet of an entry, as it was at that generation; the bytes stay where they are until the next is added.
    /// </summary>
    public bool TryTake(Neighbor neighbor, int generation, out Span<byte> packet)
    {
        var index = Oldest(neighbor, generation, out _);
        packet = default;
        if (index < 0)
        {
            return false;
        }

        ref var slot = ref _slots[index];
        packet = slot.Buffer.AsSpan(0, slot.Length);
        slot.Neighbor = null;
        Count--;
        return true;
    }

    private int ChooseSlot(Neighbor neighbor)
    {
        var own = Oldest(neighbor, neighbor.Generation, out var count);
        if (count >= perNeighbor)
        {
            return own;
        }

        var free = Array.FindIndex(_slots, slot => slot.Neighbor is null);
        return free >= 0 ? free : Oldest(null, default, out _);
    }

    // Null means anybody's.
    private int Oldest(Neighbor? neighbor, int generation, out int count)
    {
        count = 0;
        var oldest = -1;
        for (var index = 0; index < _slots.Length; index++)
        {
            ref readonly var slot = ref _slots[index];
            if (slot.Neighbor is not null && (neighbor is null || (slot.Neighbor == neighbor && slot.Generation == generation)))
            {
                count++;
                oldest = oldest < 0 || slot.Order < _slots[oldest].Order ? index : oldest;
            }
        }

        return oldest;
    }

    private struct Slot
    {
        public Neighbor? Neighbor;
        public int Generation;
        public byte[]? Buffer;
        public int Length;
        public long Order;
    }
}
