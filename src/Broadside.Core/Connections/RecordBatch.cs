using System.Buffers;
using Broadside.Connections;
using Broadside.Records;

namespace Broadside;

/// <summary>The records one receive brought, framed as they are read.</summary>
public ref struct RecordBatch
{
    private readonly RecordReceiver _receiver;

    internal RecordBatch(RecordReceiver receiver)
    {
        _receiver = receiver;
    }

    /// <summary>Reads the next whole record. The one read before it is no longer valid then.</summary>
    /// <param name="record">The record, borrowed until the next read or the callback's return.</param>
    /// <returns>False when no whole record is left.</returns>
    public readonly bool TryRead(out ReceivedRecord record) => _receiver.TryRead(out record);
}

/// <summary>A whole record as it arrived, borrowed.</summary>
public readonly ref struct ReceivedRecord
{
    // Below it a copy is cheaper than pinning the receive buffer.
    private const int SmallestRetained = 16 * 1024;

    private readonly RecordEntry? _body;
    private readonly SharedBuffer? _buffer;
    private readonly Extent _extent;

    internal ReceivedRecord(SharedBuffer buffer, Extent extent)
    {
        _buffer = buffer;
        _extent = extent;
    }

    internal ReceivedRecord(RecordEntry body)
    {
        _body = body;
    }

    /// <summary>Bytes.</summary>
    public int Length => _body is null ? _extent.Length : _body.Length;

    /// <summary>Whether the bytes lie in one run.</summary>
    public bool IsContiguous => _body is null || _body.Extents.Length == 1;

    /// <summary>The bytes, where they lie in one run: always, unless the record is larger than 2 MiB.</summary>
    /// <exception cref="InvalidOperationException">They do not: use <see cref="Sequence"/>.</exception>
    public ReadOnlySpan<byte> Span
    {
        get
        {
            if (_body is null)
            {
                return _extent.Span;
            }

            var extents = _body.Extents;
            return extents.Length == 1 ? extents[0].Span : throw new InvalidOperationException("The record spans several extents: use Sequence or CopyTo.");
        }
    }

    /// <summary>The bytes.</summary>
    public ReadOnlySequence<byte> Sequence =>
        _body is null ? new ReadOnlySequence<byte>(_extent.Memory) : ExtentSequence.Join(_body.Extents);

    /// <summary>Copies the bytes out.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    public void CopyTo(Span<byte> destination)
    {
        if (_body is null)
        {
            _extent.Span.CopyTo(destination);
            return;
        }

        foreach (var extent in _body.Extents)
        {
            extent.Span.CopyTo(destination);
            destination = destination[extent.Length..];
        }
    }

    /// <summary>Keeps the record, to be sent on or read later: a small one is copied, a large one is not. The caller disposes it.</summary>
    /// <exception cref="ArenaExhaustedException">There is no room for the copy.</exception>
    public Record ToRecord()
    {
        if (_body is not null)
        {
            _body.AddReferences(1);
            return new Record(_body.DuplicateOwned());
        }

        return _extent.Length < SmallestRetained
            ? Record.Create(_extent.Block.Arena, _extent.Span)
            : new Record(RecordEntry.Share(_buffer!, _extent.Offset - _buffer!.Extent.Offset, _extent.Length));
    }
}
