using System.Runtime.CompilerServices;

namespace Broadside.Groups;

/// <summary>A set of outboxes in one array of references: open addressing with linear probing, at most four fifths full.</summary>
internal struct MemberSet
{
    private Outbox?[] _slots = [];

    public MemberSet()
    {
    }

    public int Count { get; private set; }

    public readonly bool Contains(Outbox outbox) => _slots.Length > 0 && _slots[Find(outbox)] is not null;

    public bool Add(Outbox outbox)
    {
        if ((Count + 1) * 5 > _slots.Length * 4)
        {
            Resize(Count + (Count / 2) + 2);
        }

        var slot = Find(outbox);
        if (_slots[slot] is not null)
        {
            return false;
        }

        _slots[slot] = outbox;
        Count++;
        return true;
    }

    public bool Remove(Outbox outbox)
    {
        if (_slots.Length == 0)
        {
            return false;
        }

        var hole = Find(outbox);
        if (_slots[hole] is null)
        {
            return false;
        }

        Count--;
        for (var next = Following(hole); _slots[next] is { } moved; next = Following(next))
        {
            if (Distance(SlotOf(moved), next) >= Distance(hole, next))
            {
                _slots[hole] = moved;
                hole = next;
            }
        }

        _slots[hole] = null;
        if (Count * 4 < _slots.Length)
        {
            Resize(Count * 2);
        }

        return true;
    }

    public readonly Outbox[] ToArray()
    {
        var members = new Outbox[Count];
        var count = 0;
        foreach (var outbox in _slots)
        {
            if (outbox is not null)
            {
                members[count++] = outbox;
            }
        }

        return members;
    }

    private void Resize(int capacity)
    {
        var old = _slots;
        _slots = capacity == 0 ? [] : new Outbox?[Math.Max(capacity, (Count * 5 / 4) + 2)];
        foreach (var outbox in old)
        {
            if (outbox is not null)
            {
                _slots[Find(outbox)] = outbox;
            }
        }
    }

    // The slot that holds the outbox, or the free one where it would go.
    private readonly int Find(Outbox outbox)
    {
        var slot = SlotOf(outbox);
        while (_slots[slot] is { } found && !ReferenceEquals(found, outbox))
        {
            slot = Following(slot);
        }

        return slot;
    }

    // Scales the mixed hash to the array's length, which need not be a power of two.
    private readonly int SlotOf(Outbox outbox) =>
        (int)(((ulong)unchecked((uint)RuntimeHelpers.GetHashCode(outbox) * 2654435769u) * (uint)_slots.Length) >> 32);

    private readonly int Following(int slot) => slot + 1 == _slots.Length ? 0 : slot + 1;

    private readonly int Distance(int from, int to) => to >= from ? to - from : to - from + _slots.Length;
}
