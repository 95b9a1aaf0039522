using System.Diagnostics;
using System.Numerics;

namespace Broadside.Groups;

/// <summary>
/// What one channel knows of a segment: where its members' cursors stand in it, which entries need a second look before they are
/// bound, and the large records it refers to. Touched on the channel's thread only.
/// </summary>
internal sealed class SegmentView : Hold
{
    private const int WordBits = 64;

    private int[] _positions = [];
    private ulong[] _special = [];
    private LargeRecord?[] _large = [];
    private Dictionary<int, int>? _withdrawn;
    private bool _passed;

    public Segment Segment { get; private set; } = null!;

    public SegmentView? Next { get; set; }

    public LogCursor? FirstCursor { get; set; }

    public int CursorCount { get; private set; }

    /// <summary>Entries the channel has dispatched: those its members may bind.</summary>
    public int Dispatched { get; private set; }

    public static SegmentView Rent(Segment segment)
    {
        var view = SegmentViewPool.Rent(segment.SizeClass);
        view.Segment = segment;
        if (view._positions.Length != segment.Entries.Length)
        {
            view._positions = new int[segment.Entries.Length];
            view._special = new ulong[(segment.Entries.Length + WordBits - 1) / WordBits];
        }

        return view;
    }

    /// <summary>
    /// Nobody will bind from it any more: it goes now or, where a transport still sends from it, with the last hold. Those that
    /// follow do not wait for it, so that a stalled connection holds what it sends and not all that comes after.
    /// </summary>
    public void Pass()
    {
        Debug.Assert(CursorCount == 0 && !_passed);
        PassLarge(0, Dispatched);
        _passed = true;
        Next = null;
        if (!IsHeld)
        {
            Recycle();
        }
    }

    /// <summary>Skips the entries sent before the channel had members in the group.</summary>
    public void StartAt(int index) => Dispatched = index;

    /// <summary>Makes the next entry one the members may bind.</summary>
    public void Dispatch(EntryFlags flags)
    {
        var index = Dispatched++;
        if ((flags & (EntryFlags.Large | EntryFlags.Conditional)) == 0)
        {
            return;
        }

        MarkSpecial(index);
        if ((flags & EntryFlags.Large) != 0)
        {
            if (_large.Length == 0)
            {
                _large = new LargeRecord?[_positions.Length];
            }

            _large[index] = LargeRecord.Rent(Segment.Entries[index].Large!);
        }
    }

    public bool IsSpecial(int index) => (_special[index / WordBits] & (1UL << (index % WordBits))) != 0;

    /// <summary>The first special entry at or after <paramref name="from"/>, at most <paramref name="end"/>.</summary>
    public int NextSpecial(int from, int end)
    {
        var word = from / WordBits;
        var bits = _special[word] & (ulong.MaxValue << (from % WordBits));
        while (bits == 0)
        {
            if (++word * WordBits >= end)
            {
                return end;
            }

            bits = _special[word];
        }

        return Math.Min(end, (word * WordBits) + BitOperations.TrailingZeroCount(bits));
    }

    /// <summary>The large record at <paramref name="index"/>, until all members have passed it.</summary>
    public LargeRecord? LargeAt(int index) => index < _large.Length ? _large[index] : null;

    /// <summary>No member will bind the entries from <paramref name="from"/> to before <paramref name="to"/> any more.</summary>
    public void PassLarge(int from, int to)
    {
        if (_large.Length == 0 || from == to)
        {
            return;
        }

        for (var index = NextSpecial(from, to); index < to; index = index + 1 < to ? NextSpecial(index + 1, to) : to)
        {
            PassLarge(index);
        }
    }

    /// <summary>Whether it has an entry before <paramref name="position"/> of its log.</summary>
    public bool BeginsBefore(long position) => Dispatched > 0 && Segment.Entries[0].Position < position;

    /// <summary>The first entry at or after <paramref name="from"/> before which a cursor stands, or the end of what was dispatched.</summary>
    public int FirstCursorAt(int from)
    {
        var found = CursorCount == 0 ? -1 : _positions.AsSpan(from, Dispatched - from).IndexOfAnyExcept(0);
        return found < 0 ? Dispatched : from + found;
    }

    public void Enter(LogCursor cursor, int index)
    {
        _positions[index]++;
        CursorCount++;
        cursor.NextInView = FirstCursor;
        cursor.PreviousInView = null;
        if (FirstCursor is not null)
        {
            FirstCursor.PreviousInView = cursor;
        }

        FirstCursor = cursor;
    }

    public void Leave(LogCursor cursor, int index)
    {
        Debug.Assert(_positions[index] > 0);
        _positions[index]--;
        CursorCount--;
        if (cursor.PreviousInView is null)
        {
            FirstCursor = cursor.NextInView;
        }
        else
        {
            cursor.PreviousInView.NextInView = cursor.NextInView;
        }

        if (cursor.NextInView is not null)
        {
            cursor.NextInView.PreviousInView = cursor.PreviousInView;
        }

        cursor.NextInView = cursor.PreviousInView = null;
    }

    public void Move(int from, int to)
    {
        Debug.Assert(_positions[from] > 0);
        _positions[from]--;
        _positions[to]++;
    }

    /// <summary>Cursors that stand at or before <paramref name="index"/>: those whose members have not begun the entry.</summary>
    public int CountUpTo(int index)
    {
        var count = 0;
        foreach (var cursors in _positions.AsSpan(0, index + 1))
        {
            count += cursors;
        }

        return count;
    }

    public bool IsWithdrawn(int index) => _withdrawn is not null && _withdrawn.ContainsKey(index);

    /// <summary>Withdraws the entry from those who have not begun it. A second withdrawal tells what the first did.</summary>
    /// <param name="index">The entry.</param>
    /// <param name="receivers">How many had not begun it.</param>
    public int Withdraw(int index, int receivers)
    {
        _withdrawn ??= [];
        if (_withdrawn.TryAdd(index, receivers))
        {
            MarkSpecial(index);
            PassLarge(index);
        }

        return _withdrawn[index];
    }

    protected override void OnReleased()
    {
        if (_passed)
        {
            Recycle();
        }
    }

    // Gives the view and its reference to the segment back.
    private void Recycle()
    {
        // The counts are all zero again: no cursor is left.
        _special.AsSpan().Clear();
        _withdrawn?.Clear();
        _passed = false;
        Dispatched = 0;
        var segment = Segment;
        Segment = null!;
        SegmentViewPool.Return(this, segment.SizeClass);
        segment.Release();
    }

    private void PassLarge(int index)
    {
        if (LargeAt(index) is { } large)
        {
            _large[index] = null;
            large.Pass();
        }
    }

    private void MarkSpecial(int index) => _special[index / WordBits] |= 1UL << (index % WordBits);
}
