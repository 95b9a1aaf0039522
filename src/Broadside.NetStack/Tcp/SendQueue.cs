using System.Diagnostics;
using Broadside.Channels;

namespace Broadside.NetStack.Tcp;

/// <summary>
/// What a connection has been given to send and the peer has not acknowledged: references to the batches' extents, no copy. Bytes are
/// named by their position in the stream, from zero.
/// </summary>
internal sealed class SendQueue
{
    private Entry[] _entries = new Entry[4];
    private int _head;
    private int _count;
    private Cursor _cursor;

    /// <summary>Up to where the peer has acknowledged.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Up to where there is something to send.</summary>
    public long End { get; private set; }

    public bool IsEmpty => _count == 0;

    public void Append(SendBatch batch)
    {
        if (_count == _entries.Length)
        {
            Grow();
        }

        _entries[(_head + _count++) % _entries.Length] = new(batch, End);
        End += batch.Length;
    }

    /// <summary>Notes what the peer has acknowledged; <see cref="TryRelease"/> then gives the batches back.</summary>
    public void Acknowledge(long position)
    {
        Debug.Assert(position >= Acknowledged && position <= End);
        Acknowledged = position;
    }

    /// <summary>Takes the oldest batch if all of it was acknowledged, or if all is given up.</summary>
    public bool TryRelease(bool isGivenUp, out SendBatch batch)
    {
        batch = null!;
        if (_count == 0 || (!isGivenUp && _entries[_head].End > Acknowledged))
        {
            return false;
        }

        batch = _entries[_head].Batch;
        _entries[_head] = default;
        _head = (_head + 1) % _entries.Length;
        _count--;
        if (--_cursor.Entry < 0)
        {
            _cursor = default;
        }

        return true;
    }

    /// <summary>Whether a batch ends at the position.</summary>
    public bool IsBatchEnd(long position) => position == End || Find(position).Start == position;

    /// <summary>Names the bytes from a position on.</summary>
    /// <param name="position">Not acknowledged yet.</param>
    /// <param name="length">At most how many bytes.</param>
    /// <param name="extents">Receives where they lie.</param>
    /// <param name="count">How many extents there are.</param>
    /// <param name="areFinal">Whether the bytes stay as they are for as long as their memory is allocated.</param>
    /// <returns>How many bytes: fewer if the extents do not suffice.</returns>
    public int Gather(long position, int length, Span<Extent> extents, out int count, out bool areFinal)
    {
        Debug.Assert(position >= Acknowledged && position + length <= End);
        Seek(position);
        var rest = length;
        areFinal = true;
        for (count = 0; rest > 0 && count < extents.Length; count++)
        {
            var batch = At(_cursor.Entry).Batch;
            areFinal &= batch.AreBytesFinal;
            var extent = batch.Extents[_cursor.Extent].Slice((int)(position - _cursor.Position));
            extents[count] = extent.Length > rest ? extent.Slice(0, rest) : extent;
            rest -= extents[count].Length;
            position += extents[count].Length;
            MoveTo(position);
        }

        return length - rest;
    }

    public void Reset()
    {
        Debug.Assert(_count == 0);
        Array.Clear(_entries);
        _head = 0;
        _cursor = default;
        Acknowledged = 0;
        End = 0;
    }

    // Sending goes forward, so that the cursor is nearly always where it is needed.
    private void Seek(long position)
    {
        if (position < _cursor.Position || _cursor.Entry >= _count || position >= At(_cursor.Entry).End
            || _cursor.Position < At(_cursor.Entry).Start)
        {
            var index = IndexOf(position);
            _cursor = new() { Entry = index, Extent = 0, Position = At(index).Start };
        }

        MoveTo(position);
    }

    private void MoveTo(long position)
    {
        while (_cursor.Entry < _count)
        {
            var extents = At(_cursor.Entry).Batch.Extents;
            while (_cursor.Extent < extents.Length)
            {
                var end = _cursor.Position + extents[_cursor.Extent].Length;
                if (position < end)
                {
                    return;
                }

                _cursor.Position = end;
                _cursor.Extent++;
            }

            _cursor.Entry++;
            _cursor.Extent = 0;
        }
    }

    private Entry Find(long position) => At(IndexOf(position));

    private int IndexOf(long position)
    {
        var low = 0;
        var high = _count - 1;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (At(middle).End <= position)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private ref Entry At(int index) => ref _entries[(_head + index) % _entries.Length];

    private void Grow()
    {
        var entries = new Entry[_entries.Length * 2];
        for (var index = 0; index < _count; index++)
        {
            entries[index] = At(index);
        }

        _entries = entries;
        _head = 0;
    }

    private readonly record struct Entry(SendBatch Batch, long Start)
    {
        public long End => Start + Batch.Length;
    }

    /// <summary>An extent and where in the stream it begins.</summary>
    private struct Cursor
    {
        public int Entry;
        public int Extent;
        public long Position;
    }
}
