namespace Broadside.Groups;

/// <summary>
/// One channel's copy of a latest group's list: the newest record of each key, ordered by sequence. A member's cursor is a mere
/// sequence, found here by binary search, so that it pins nothing; what was superseded leaves a hole until the list is compacted.
/// </summary>
internal sealed class LatestView
{
    private const int SmallestCompaction = 16;

    private readonly Dictionary<LatestKey, LatestItem> _items = [];
    private readonly List<Slot> _slots = [];
    private int _holes;

    /// <summary>Makes a record the newest of its key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="item">Its record; null when the key was removed.</param>
    /// <param name="sequence">The update's sequence, above all before it.</param>
    /// <param name="slowest">Where the slowest member stands that is to get the new record in the place of the superseded one, if it has not come there.</param>
    public void Apply(LatestKey key, LatestItem? item, long sequence, long slowest)
    {
        var place = -1;
        if (_items.Remove(key, out var old))
        {
            var first = old.Place >= 0 ? old.Place : old.Slot;
            if (item is not null && slowest < _slots[first].Sequence)
            {
                place = first;
            }

            Vacate(old.Slot, place);
            Vacate(old.Place, place);
            old.Supersede();
        }

        if (item is not null)
        {
            item.Slot = _slots.Count;
            item.Place = place;
            _slots.Add(new Slot(sequence, item));
            _items[key] = item;
            if (place >= 0)
            {
                _slots[place] = _slots[place] with { Item = item };
            }
        }
    }

    /// <summary>The next record after <paramref name="sequence"/>, or null.</summary>
    /// <param name="sequence">The sequence; set to the record's place in the order.</param>
    public LatestItem? Next(ref long sequence)
    {
        for (var index = IndexAfter(sequence); index < _slots.Count; index++)
        {
            if (_slots[index].Item is { } item)
            {
                sequence = _slots[index].Sequence;
                return item;
            }
        }

        return null;
    }

    /// <summary>Closes the holes once they are more than half, and forgets places that no member has still to come to.</summary>
    /// <param name="slowest">Where the slowest member stands.</param>
    public void Compact(long slowest)
    {
        if (_holes < SmallestCompaction || _holes * 2 < _slots.Count)
        {
            return;
        }

        var kept = 0;
        for (var index = 0; index < _slots.Count; index++)
        {
            var slot = _slots[index];
            if (slot.Item is not { } item || (item.Place == index && item.Slot != index && slot.Sequence <= slowest && ForgetPlace(item)))
            {
                continue;
            }

            if (item.Slot == index)
            {
                item.Slot = kept;
            }
            else
            {
                item.Place = kept;
            }

            _slots[kept++] = slot;
        }

        _slots.RemoveRange(kept, _slots.Count - kept);
        _holes = 0;
    }

    /// <summary>Lets go of everything.</summary>
    public void Clear()
    {
        foreach (var item in _items.Values)
        {
            item.Supersede();
        }

        _items.Clear();
        _slots.Clear();
        _holes = 0;
    }

    private static bool ForgetPlace(LatestItem item)
    {
        item.Place = -1;
        return true;
    }

    private void Vacate(int index, int except)
    {
        if (index >= 0 && index != except)
        {
            _slots[index] = _slots[index] with { Item = null };
            _holes++;
        }
    }

    private int IndexAfter(long sequence)
    {
        var low = 0;
        var high = _slots.Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_slots[middle].Sequence > sequence)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    private readonly record struct Slot(long Sequence, LatestItem? Item);
}
