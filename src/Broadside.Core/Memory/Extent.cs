using System.Diagnostics;

namespace Broadside;

/// <summary>A run of bytes within one <see cref="Block"/>: what a transport is handed to send or to receive into.</summary>
/// <remarks>
/// A plain value: it carries no ownership. The bytes stay valid as long as whoever allocated them (a record, a group's log,
/// a receive buffer) has not let go.
/// </remarks>
public readonly struct Extent : IEquatable<Extent>
{
    internal Extent(Block block, int offset, int length)
    {
        Debug.Assert(offset >= 0 && length >= 0 && offset + length <= Block.Size);
        Block = block;
        Offset = offset;
        Length = length;
    }

    /// <summary>The block that holds the bytes.</summary>
    public Block Block { get; }

    /// <summary>Where in the block the run begins, in bytes.</summary>
    public int Offset { get; }

    /// <summary>The run's length in bytes.</summary>
    public int Length { get; }

    /// <summary>True for <c>default(Extent)</c>, which names no memory.</summary>
    public bool IsEmpty => Length == 0;

    /// <summary>The bytes.</summary>
    public Span<byte> Span => Block is null ? default : Block.Span(Offset, Length);

    /// <summary>The bytes, for APIs that need <see cref="Memory{T}"/>.</summary>
    public Memory<byte> Memory => Block is null ? default : Block.Memory(Offset, Length);

    /// <summary>The bytes, for gathering socket calls.</summary>
    public ArraySegment<byte> Segment => Block is null ? default : Block.Segment(Offset, Length);

    /// <summary>The address of the first byte; fixed, as blocks are pinned.</summary>
    public unsafe byte* Pointer => Block is null ? null : Block.Pointer + Offset;

    /// <summary>A part of this run.</summary>
    /// <param name="start">First byte of the part, counted from this run's start.</param>
    /// <param name="length">Length of the part in bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part does not lie within the run.</exception>
    public Extent Slice(int start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)start, (uint)Length, nameof(start));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)(Length - start), nameof(length));
        return new Extent(Block, Offset + start, length);
    }

    /// <summary>The part of this run from <paramref name="start"/> to its end.</summary>
    /// <param name="start">First byte of the part, counted from this run's start.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="start"/> lies outside the run.</exception>
    public Extent Slice(int start) => Slice(start, Length - start);

    /// <inheritdoc/>
    public bool Equals(Extent other) => ReferenceEquals(Block, other.Block) && Offset == other.Offset && Length == other.Length;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Extent other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Block, Offset, Length);

    /// <summary>Whether two extents name the same bytes.</summary>
    public static bool operator ==(Extent left, Extent right) => left.Equals(right);

    /// <summary>Whether two extents name different bytes.</summary>
    public static bool operator !=(Extent left, Extent right) => !left.Equals(right);
}
