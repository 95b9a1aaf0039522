using System.Buffers;
using System.Runtime.InteropServices;
using Broadside.Records;

namespace Broadside;

/// <summary>Composes records in place: write into it as into any <see cref="IBufferWriter{T}"/>, then <see cref="Seal"/>, and again.</summary>
/// <remarks>
/// Used by one thread at a time. Reusable: a server that composes many records keeps one writer and allocates nothing.
/// <see cref="Dispose"/> discards what was not sealed. A record that outgrows the size hint spans several extents.
/// </remarks>
public sealed class RecordWriter : IBufferWriter<byte>, IDisposable
{
    private const int MinimumExtent = 256;

    private readonly Arena _arena;
    private readonly int _sizeHint;
    private readonly List<Extent> _full = [];
    private Extent _current;
    private int _written;
    private int _length;
    private bool _disposed;

    /// <summary>Creates a writer; memory is taken at the first write of each record.</summary>
    /// <param name="arena">Where the bytes will live.</param>
    /// <param name="sizeHint">How many bytes a record is expected to have; one within the hint is contiguous.</param>
    /// <exception cref="ArgumentOutOfRangeException">The hint is negative.</exception>
    public RecordWriter(Arena arena, int sizeHint = MinimumExtent)
    {
        ArgumentNullException.ThrowIfNull(arena);
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        _arena = arena;
        _sizeHint = Math.Clamp(sizeHint, MinimumExtent, Arena.MaximumExtent);
    }

    /// <summary>Bytes of the record being written.</summary>
    public int Length => _length + _written;

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">More than was offered by the last <see cref="GetSpan"/>.</exception>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _current.Length - _written);
        _written += count;
    }

    /// <inheritdoc/>
    /// <exception cref="ArenaExhaustedException">The arena has no room; what was written stays.</exception>
    /// <exception cref="ObjectDisposedException">The writer was disposed.</exception>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _current.Memory[_written..];
    }

    /// <inheritdoc/>
    /// <exception cref="ArenaExhaustedException">The arena has no room; what was written stays.</exception>
    /// <exception cref="ObjectDisposedException">The writer was disposed.</exception>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _current.Span[_written..];
    }

    /// <summary>Writes <paramref name="bytes"/>, filling each extent before taking the next.</summary>
    /// <param name="bytes">What to append.</param>
    /// <exception cref="ArenaExhaustedException">The arena has no room; part may have been written.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_written == _current.Length)
            {
                TakeExtent(bytes.Length);
            }

            var count = Math.Min(bytes.Length, _current.Length - _written);
            bytes[..count].CopyTo(_current.Span[_written..]);
            _written += count;
            bytes = bytes[count..];
        }
    }

    /// <summary>Ends the record: what was written is it. The next write begins another.</summary>
    /// <exception cref="InvalidOperationException">Nothing was written.</exception>
    /// <exception cref="ObjectDisposedException">The writer was disposed.</exception>
    public Record Seal()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Length == 0)
        {
            throw new InvalidOperationException("A record has at least one byte: nothing was written.");
        }

        RetireCurrent();
        var entry = RecordEntry.Own(_arena, CollectionsMarshal.AsSpan(_full), _length);
        _full.Clear();
        _length = 0;
        return new Record(entry);
    }

    /// <summary>Discards what was written and not sealed.</summary>
    public void Discard()
    {
        RetireCurrent();
        foreach (var extent in _full)
        {
            _arena.Free(extent);
        }

        _full.Clear();
        _length = 0;
    }

    /// <summary>Discards what was not sealed; further writes throw. May be called again.</summary>
    public void Dispose()
    {
        Discard();
        _disposed = true;
    }

    private void Reserve(int sizeHint)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sizeHint, Arena.MaximumExtent);
        if (_current.Length - _written < Math.Max(sizeHint, 1))
        {
            TakeExtent(sizeHint);
        }
    }

    // Each further extent is as large as all before it, so that their number stays logarithmic.
    private void TakeExtent(int atLeast)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        checked
        {
            _ = Length + Math.Max(atLeast, 1);
        }

        var length = Math.Max(atLeast, Length == 0 ? _sizeHint : Length);
        var next = _arena.Allocate(Math.Clamp(length, MinimumExtent, Arena.MaximumExtent));
        RetireCurrent();
        _current = next;
    }

    private void RetireCurrent()
    {
        if (_written > 0)
        {
            _full.Add(_current.Slice(0, _written));
            _length += _written;
        }
        else if (!_current.IsEmpty)
        {
            _arena.Free(_current);
        }

        _current = default;
        _written = 0;
    }
}
