using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Broadside.Groups;

/// <summary>The members of one group on one channel: a dense array, and once it is large a hash index of 4-byte places.</summary>
internal struct MemberList
{
    private const int LinearLimit = 8;
    private const int Free = 0;

    private Membership[] _members = [];

    // Place + 1 of the member, by the hash of its outbox; linear probing.
    private int[] _index = [];

    public MemberList()
    {
    }

    public int Count { get; private set; }

    public readonly Span<Membership> Members => _members.AsSpan(0, Count);

    public ref Membership this[int place] => ref _members[place];

    public int Add(Outbox outbox, long joinSequence)
    {
        Debug.Assert(Find(outbox) < 0);
        if (Count == _members.Length)
        {
            // By a quarter once large: slack is what a membership costs most.
            Array.Resize(ref _members, Count < LinearLimit ? Math.Max(1, Count * 2) : Count + (Count / 4));
        }

        var place = Count++;
        _members[place] = new Membership { Outbox = outbox, JoinSequence = joinSequence };
        if (Count > LinearLimit)
        {
            AddToIndex(place);
        }

        return place;
    }

    public readonly int Find(Outbox outbox)
    {
        if (Count <= LinearLimit)
        {
            for (var place = 0; place < Count; place++)
            {
                if (ReferenceEquals(_members[place].Outbox, outbox))
                {
                    return place;
                }
            }

            return -1;
        }

        for (var slot = SlotOf(outbox); _index[slot] != Free; slot = Following(slot))
        {
            if (ReferenceEquals(_members[_index[slot] - 1].Outbox, outbox))
            {
                return _index[slot] - 1;
            }
        }

        return -1;
    }

    /// <summary>Removes a member, whose cursors are gone; the last one takes its place.</summary>
    public void RemoveAt(int place)
    {
        Debug.Assert(_members[place].Cursors is null);
        var last = Count - 1;
        if (Count > LinearLimit)
        {
            RemoveFromIndex(place);
            if (place != last)
            {
                RemoveFromIndex(last);
            }
        }

        _members[place] = _members[last];
        _members[last] = default;
        Count = last;
        for (var cursor = place == last ? null : _members[place].Cursors; cursor is not null; cursor = cursor.NextOfMember)
        {
            cursor.MemberIndex = place;
        }

        if (Count > LinearLimit && place != last)
        {
            InsertIntoIndex(place);
        }

        Shrink();
    }

    private void Shrink()
    {
        if (Count == 0)
        {
            _members = [];
        }
        else if (_members.Length > LinearLimit && Count < _members.Length / 2)
        {
            Array.Resize(ref _members, Count + (Count / 8) + 1);
        }

        if (Count <= LinearLimit)
        {
            _index = [];
        }
        else if (Count * 8 < _index.Length)
        {
            RebuildIndex();
        }
    }

    private void AddToIndex(int place)
    {
        // At most two thirds full.
        if (Count * 3 > _index.Length * 2)
        {
            RebuildIndex();
        }
        else
        {
            InsertIntoIndex(place);
        }
    }

    private void RebuildIndex()
    {
        _index = new int[BitOperations.RoundUpToPowerOf2((uint)(Count * 3 / 2) + 1)];
        for (var each = 0; each < Count; each++)
        {
            InsertIntoIndex(each);
        }
    }

    private readonly void InsertIntoIndex(int place)
    {
        var slot = SlotOf(_members[place].Outbox);
        while (_index[slot] != Free)
        {
            slot = Following(slot);
        }

        _index[slot] = place + 1;
    }

    // Moves later entries of the probe sequence back, so that no tombstones are needed.
    private readonly void RemoveFromIndex(int place)
    {
        var slot = SlotOf(_members[place].Outbox);
        while (_index[slot] != place + 1)
        {
            slot = Following(slot);
        }

        var hole = slot;
        for (var next = Following(hole); _index[next] != Free; next = Following(next))
        {
            var home = SlotOf(_members[_index[next] - 1].Outbox);
            if (((next - home) & (_index.Length - 1)) >= ((next - hole) & (_index.Length - 1)))
            {
                _index[hole] = _index[next];
                hole = next;
            }
        }

        _index[hole] = Free;
    }

    private readonly int SlotOf(Outbox outbox) => (int)((uint)RuntimeHelpers.GetHashCode(outbox) * 2654435769u >> (32 - BitOperations.Log2((uint)_index.Length)));

    private readonly int Following(int slot) => (slot + 1) & (_index.Length - 1);
}
