using System.Diagnostics;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp;

/// <summary>
/// Which bytes beyond a gap have been received (RFC 9293 section 3.10.7.4), and in which order they are reported (RFC 2018 section 4).
/// Bounded: a segment that would need one range too many is not kept.
/// </summary>
internal sealed class OutOfOrderRanges
{
    public const int Capacity = 64;

    private const int FirstLength = 8;

    // Most connections never need any.
    private Range[] _ranges = [];
    private int _count;
    private int _stamp;

    public bool IsEmpty => _count == 0;

    /// <summary>Up to where something was received.</summary>
    public SequenceNumber End => _ranges[_count - 1].Right;

    /// <summary>Adds a run of bytes, joining it with those it touches; false if there is no room for another range.</summary>
    public bool TryAdd(SequenceNumber left, SequenceNumber right)
    {
        Debug.Assert(left < right);
        var first = 0;
        while (first < _count && _ranges[first].Right < left)
        {
            first++;
        }

        var last = first;
        while (last < _count && _ranges[last].Left <= right)
        {
            left = SequenceNumber.Min(left, _ranges[last].Left);
            right = SequenceNumber.Max(right, _ranges[last].Right);
            last++;
        }

        if (first == last && _count == Capacity)
        {
            return false;
        }

        Replace(first, last - first, new() { Left = left, Right = right, Stamp = ++_stamp });
        return true;
    }

    /// <summary>The first bytes of a run that have been received; null if none have.</summary>
    public SackBlock? Overlap(SequenceNumber left, SequenceNumber right)
    {
        foreach (var range in _ranges.AsSpan(0, _count))
        {
            if (range.Left < right && left < range.Right)
            {
                return new(SequenceNumber.Max(left, range.Left), SequenceNumber.Min(right, range.Right));
            }
        }

        return null;
    }

    /// <summary>Removes what lies at or before the next number expected, and says which is expected then.</summary>
    public SequenceNumber Advance(SequenceNumber next)
    {
        var passed = 0;
        while (passed < _count && _ranges[passed].Left <= next)
        {
            next = SequenceNumber.Max(next, _ranges[passed++].Right);
        }

        _ranges.AsSpan(passed, _count - passed).CopyTo(_ranges);
        _count -= passed;
        return next;
    }

    /// <summary>The ranges of which most recently something arrived, behind a duplicate that is to be reported first (RFC 2883 section 4).</summary>
    public SackBlocks Report(SackBlock? duplicate)
    {
        Span<SackBlock> blocks = stackalloc SackBlock[SackBlocks.Capacity];
        var reported = 0;
        if (duplicate is { } block)
        {
            blocks[reported++] = block;
        }

        var before = int.MaxValue;
        while (reported < blocks.Length && MostRecent(before) is { } range)
        {
            blocks[reported++] = new(range.Left, range.Right);
            before = range.Stamp;
        }

        return new(blocks[..reported]);
    }

    public void Reset()
    {
        _count = 0;
        _stamp = 0;
    }

    private Range? MostRecent(int before)
    {
        Range? found = null;
        foreach (var range in _ranges.AsSpan(0, _count))
        {
            if (range.Stamp < before && (found is null || range.Stamp > found.Value.Stamp))
            {
                found = range;
            }
        }

        return found;
    }

    private void Replace(int index, int removed, Range range)
    {
        if (removed == 0 && _count == _ranges.Length)
        {
            Array.Resize(ref _ranges, Math.Max(FirstLength, _count * 2));
        }

        _ranges.AsSpan(index + removed, _count - index - removed).CopyTo(_ranges.AsSpan(index + 1));
        _ranges[index] = range;
        _count += 1 - removed;
    }

    private struct Range
    {
        public SequenceNumber Left;
        public SequenceNumber Right;
        public int Stamp;
    }
}
