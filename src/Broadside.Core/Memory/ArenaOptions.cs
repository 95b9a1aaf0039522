namespace Broadside;

/// <summary>How large an <see cref="Arena"/> may grow and whether it keeps account of who took what.</summary>
public sealed record ArenaOptions
{
    /// <summary>The most memory the arena takes, in bytes; rounded down to whole 2 MiB blocks, at least one. Default 1 GiB.</summary>
    public long MaximumBytes { get; init; } = 1L << 30;

    /// <summary>How many wholly free blocks are kept for reuse instead of being left to the garbage collector. Default 4 (8 MiB).</summary>
    public int SpareBlocks { get; init; } = 4;

    /// <summary>
    /// Remembers where each extent was taken, and overwrites what is freed with 0xDD so that a use after free is seen. For tests:
    /// every allocation costs a stack trace. Default false.
    /// </summary>
    public bool Diagnostics { get; init; }
}
