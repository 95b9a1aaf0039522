using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Broadside.NetStack.Wire;

/// <summary>The blocks of a SACK option (RFC 2018 section 3), as many as fit one: the most recent first.</summary>
internal readonly struct SackBlocks : IEquatable<SackBlocks>
{
    public const int Capacity = 4;

    private readonly Blocks _blocks;

    /// <summary>Takes the first blocks, up to the capacity.</summary>
    public SackBlocks(ReadOnlySpan<SackBlock> blocks)
    {
        Count = Math.Min(blocks.Length, Capacity);
        blocks[..Count].CopyTo(_blocks);
    }

    public int Count { get; }

    [UnscopedRef]
    public ReadOnlySpan<SackBlock> AsSpan() => ((ReadOnlySpan<SackBlock>)_blocks)[..Count];

    public bool Equals(SackBlocks other) => AsSpan().SequenceEqual(other.AsSpan());

    public override bool Equals(object? obj) => obj is SackBlocks other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Count, _blocks[0], _blocks[1], _blocks[2], _blocks[3]);

    public override string ToString() => string.Join(' ', AsSpan().ToArray());

    [InlineArray(Capacity)]
    private struct Blocks
    {
        private SackBlock _first;
    }
}

/// <summary>A run of bytes that has been received: from its left edge up to, and without, its right edge.</summary>
internal readonly record struct SackBlock(SequenceNumber LeftEdge, SequenceNumber RightEdge)
{
    public const int Length = 8;

    public override string ToString() => $"{LeftEdge}-{RightEdge}";
}
