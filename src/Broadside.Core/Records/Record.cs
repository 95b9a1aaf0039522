using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Broadside.Records;

namespace Broadside;

/// <summary>
/// A handle on an immutable, variable-size byte sequence exactly as it goes on the wire: prepared once, sent to any number of
/// receivers, released when the last of them has let go.
/// </summary>
/// <remarks>
/// <para>A small value; copies name the same record. Disposing any copy ends them all: <see cref="Dispose"/> may be called again,
/// every other call on a dead handle throws <see cref="ObjectDisposedException"/> and never touches memory that has been reused.
/// The bytes outlive the handle until every queue and transport that refers to them has let go.</para>
/// <para>Safe for use from any thread. Spans are borrowed: keep the handle alive while using them.</para>
/// <para>The records layer's <c>init_record</c> is <see cref="Create(Arena, ReadOnlySpan{byte})"/> or <see cref="RecordWriter.Seal"/>;
/// <c>del_record</c> is <see cref="Dispose"/>.</para>
/// </remarks>
public readonly struct Record : IDisposable, IEquatable<Record>
{
    private readonly RecordEntry? _entry;
    private readonly uint _generation;

    internal Record(RecordEntry entry)
    {
        _entry = entry;
        _generation = entry.Generation;
    }

    /// <summary>Whether the handle can be used: it was not disposed, and is not <c>default</c>.</summary>
    public bool IsAlive => _entry is not null && _entry.IsCurrent(_generation);

    /// <summary>The record's length in bytes, at least 1.</summary>
    /// <exception cref="ObjectDisposedException">The handle is dead.</exception>
    public int Length
    {
        get
        {
            var length = Peek().Length;
            ConfirmPeek();
            return length;
        }
    }

    /// <summary>Whether the bytes lie in one run, so that <see cref="Span"/> may be used.</summary>
    /// <exception cref="ObjectDisposedException">The handle is dead.</exception>
    public bool IsContiguous => TryPeekContiguous(out _);

    /// <summary>The bytes, where they lie in one run. Borrowed: valid while the handle is alive.</summary>
    /// <exception cref="ObjectDisposedException">The handle is dead.</exception>
    /// <exception cref="InvalidOperationException">The record spans several extents: use <see cref="Sequence"/>.</exception>
    public ReadOnlySpan<byte> Span
    {
        get
        {
            return TryPeekContiguous(out var extent)
                ? extent.Span
                : throw new InvalidOperationException("The record spans several extents: use Sequence or CopyTo.");
        }
    }

    /// <summary>The bytes. Borrowed: valid while the handle is alive. Allocates only when the record spans several extents.</summary>
    /// <exception cref="ObjectDisposedException">The handle is dead.</exception>
    public ReadOnlySequence<byte> Sequence
    {
        get
        {
            if (TryPeekContiguous(out var extent))
            {
                return new ReadOnlySequence<byte>(extent.Memory);
            }

            if (!TryTakeReference(out var body))
            {
                ThrowDead();
            }

            try
            {
                return ExtentSequence.Join(body.Extents);
            }
            finally
            {
                body.Release();
            }
        }
    }

    /// <summary>Prepares a record by copying <paramref name="bytes"/> once.</summary>
    /// <param name="arena">Where the bytes will live.</param>
    /// <param name="bytes">At least one byte.</param>
    /// <exception cref="ArenaExhaustedException">The arena has no room.</exception>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is empty.</exception>
    public static Record Create(Arena arena, ReadOnlySpan<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(arena);
        if (bytes.IsEmpty)
        {
            throw new ArgumentException("A record has at least one byte.", nameof(bytes));
        }

        var length = bytes.Length;
        if (length <= Arena.MaximumExtent)
        {
            var extent = arena.Allocate(length);
            bytes.CopyTo(extent.Span);
            return new Record(RecordEntry.Own(arena, [extent], length));
        }

        var extents = AllocateAll(arena, length);
        foreach (var extent in extents)
        {
            bytes[..extent.Length].CopyTo(extent.Span);
            bytes = bytes[extent.Length..];
        }

        return new Record(RecordEntry.Own(arena, extents, length));
    }

    /// <summary>Prepares a record by copying <paramref name="bytes"/> once.</summary>
    /// <param name="arena">Where the bytes will live.</param>
    /// <param name="bytes">At least one byte.</param>
    /// <exception cref="ArenaExhaustedException">The arena has no room.</exception>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is empty, or longer than 2 GiB - 1.</exception>
    public static Record Create(Arena arena, ReadOnlySequence<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(arena);
        if (bytes.IsSingleSegment)
        {
            return Create(arena, bytes.FirstSpan);
        }

        if (bytes.Length is 0 or > int.MaxValue)
        {
            throw new ArgumentException("A record has 1 to 2,147,483,647 bytes.", nameof(bytes));
        }

        var length = (int)bytes.Length;
        if (length <= Arena.MaximumExtent)
        {
            var extent = arena.Allocate(length);
            bytes.CopyTo(extent.Span);
            return new Record(RecordEntry.Own(arena, [extent], length));
        }

        var extents = AllocateAll(arena, length);
        foreach (var extent in extents)
        {
            bytes.Slice(0, extent.Length).CopyTo(extent.Span);
            bytes = bytes.Slice(extent.Length);
        }

        return new Record(RecordEntry.Own(arena, extents, length));
    }

    /// <summary>
    /// Prepares a record of bytes of its own followed by a part of another record, which is referenced, not copied: what sends a
    /// received message on in another framing.
    /// </summary>
    /// <remarks>The other record's bytes stay in memory as long as this record's do; its handle may be disposed at once.</remarks>
    /// <param name="arena">Where <paramref name="head"/> will live.</param>
    /// <param name="head">The first bytes: one to <see cref="Arena.MaximumExtent"/>.</param>
    /// <param name="source">The other record.</param>
    /// <param name="offset">Where the part begins in it.</param>
    /// <param name="length">The part's length: at least one byte.</param>
    /// <exception cref="ArenaExhaustedException">The arena has no room.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The head is empty or too long, or the part is empty or not within the other record.</exception>
    /// <exception cref="ObjectDisposedException">The other record's handle is dead.</exception>
    public static Record Splice(Arena arena, ReadOnlySpan<byte> head, Record source, int offset, int length)
    {
        ArgumentNullException.ThrowIfNull(arena);
        if (!source.TryTakeReference(out var body))
        {
            ThrowDead();
        }

        try
        {
            ArgumentOutOfRangeException.ThrowIfNegative(offset);
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(length, body.Length - (long)offset);
            var first = arena.Allocate(head.Length);
            head.CopyTo(first.Span);
            return new Record(RecordEntry.Splice(first, body, offset, length));
        }
        finally
        {
            body.Release();
        }
    }

    /// <summary>Makes a handle of one's own on the same bytes, to be disposed by itself.</summary>
    /// <exception cref="ObjectDisposedException">The handle is dead.</exception>
    public Record Duplicate()
    {
        if (!TryDuplicate(out var duplicate))
        {
            ThrowDead();
        }

        return duplicate;
    }

    /// <summary>As <see cref="Duplicate"/>, but returns false on a dead handle: what a cache needs to race its own eviction.</summary>
    /// <param name="duplicate">The new handle.</param>
    public bool TryDuplicate(out Record duplicate)
    {
        if (!TryTakeReference(out var body))
        {
            duplicate = default;
            return false;
        }

        duplicate = new Record(body.DuplicateOwned());
        return true;
    }

    /// <summary>Copies the bytes out.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    /// <exception cref="ObjectDisposedException">The handle is dead.</exception>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public void CopyTo(Span<byte> destination)
    {
        if (!TryTakeReference(out var body))
        {
            ThrowDead();
        }

        try
        {
            foreach (var extent in body.Extents)
            {
                extent.Span.CopyTo(destination);
                destination = destination[extent.Length..];
            }
        }
        finally
        {
            body.Release();
        }
    }

    /// <summary>The bytes as a new array.</summary>
    /// <exception cref="ObjectDisposedException">The handle is dead.</exception>
    public byte[] ToArray()
    {
        var bytes = new byte[Length];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>Ends the handle at once; the bytes go when the last queue or transport lets go. May be called again.</summary>
    public void Dispose() => _entry?.TryEndHandle(_generation);

    /// <inheritdoc/>
    public bool Equals(Record other) => ReferenceEquals(_entry, other._entry) && _generation == other._generation;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Record other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_entry, _generation);

    /// <inheritdoc/>
    public override string ToString() => IsAlive ? $"Record of {Length:N0} bytes" : "Record (disposed)";

    /// <summary>Whether two handles are copies of one another. A duplicate is another handle.</summary>
    public static bool operator ==(Record left, Record right) => left.Equals(right);

    /// <summary>Whether two handles are not copies of one another.</summary>
    public static bool operator !=(Record left, Record right) => !left.Equals(right);

    /// <summary>Takes a reference to the bytes, to be returned with <see cref="RecordEntry.Release"/> on <paramref name="body"/>.</summary>
    internal bool TryTakeReference([NotNullWhen(true)] out RecordEntry? body)
    {
        // The handle's own entry is pinned first: a duplicate's root cannot go while the duplicate's entry is held.
        if (_entry is null || !_entry.TryAddReference(_generation))
        {
            body = null;
            return false;
        }

        body = _entry.Root;
        if (!ReferenceEquals(body, _entry))
        {
            body.AddReferences(1);
            _entry.Release();
        }

        return true;
    }

    // Another thread may dispose the handle at any moment, after which the entry may serve another record. So what is read without
    // taking a reference counts only if the generation still agrees when it has been read.
    private RecordEntry Peek()
    {
        if (_entry is null)
        {
            ThrowDead();
        }

        return _entry.Root;
    }

    private void ConfirmPeek()
    {
        Volatile.ReadBarrier();
        if (!IsAlive)
        {
            ThrowDead();
        }
    }

    private bool TryPeekContiguous(out Extent extent)
    {
        var body = Peek();
        extent = body.FirstExtent;
        var isContiguous = body.ExtentCount == 1;
        ConfirmPeek();
        return isContiguous;
    }

    // Whole blocks, then what is left; all or nothing.
    private static Extent[] AllocateAll(Arena arena, int length)
    {
        var extents = new Extent[(length + Arena.MaximumExtent - 1L) / Arena.MaximumExtent];
        for (var index = 0; index < extents.Length; index++)
        {
            if (!arena.TryAllocate(Math.Min(length - (index * Arena.MaximumExtent), Arena.MaximumExtent), out extents[index]))
            {
                foreach (var taken in extents.AsSpan(0, index))
                {
                    arena.Free(taken);
                }

                throw arena.Exhausted(length);
            }
        }

        return extents;
    }

    [DoesNotReturn]
    internal static void ThrowDead() => throw new ObjectDisposedException(nameof(Record), "The record's handle was disposed (or is default).");
}
