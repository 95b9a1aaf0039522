using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Broadside;

/// <summary>
/// One extent with a reference count: a receive buffer that a channel fills and that records may go on referring to after the
/// channel has moved on to another.
/// </summary>
/// <remarks>The count may be changed from any thread; the bytes belong to the filler until it hands them out.</remarks>
public sealed class SharedBuffer
{
    private Arena _arena = null!;
    private int _references;

    private SharedBuffer()
    {
    }

    /// <summary>The bytes.</summary>
    public Extent Extent { get; private set; }

    /// <summary>Whether anyone but the first owner holds the buffer.</summary>
    public bool IsShared => Volatile.Read(ref _references) > 1;

    /// <summary>Takes a buffer of <paramref name="length"/> bytes with one reference, the caller's.</summary>
    /// <param name="arena">Where the bytes come from.</param>
    /// <param name="length">1 to <see cref="Arena.MaximumExtent"/> bytes.</param>
    /// <exception cref="ArenaExhaustedException">There is no room.</exception>
    public static SharedBuffer Rent(Arena arena, int length) => Over(arena, arena.Allocate(length));

    /// <summary>As <see cref="Rent"/>, but returns false where that throws for want of room.</summary>
    /// <param name="arena">Where the bytes come from.</param>
    /// <param name="length">1 to <see cref="Arena.MaximumExtent"/> bytes.</param>
    /// <param name="buffer">The buffer, with one reference, the caller's.</param>
    public static bool TryRent(Arena arena, int length, [NotNullWhen(true)] out SharedBuffer? buffer)
    {
        buffer = arena.TryAllocate(length, out var extent) ? Over(arena, extent) : null;
        return buffer is not null;
    }

    /// <summary>Adds a reference.</summary>
    public void AddReference()
    {
        var references = Interlocked.Increment(ref _references);
        Debug.Assert(references > 1);
    }

    /// <summary>Drops a reference; the last one returns the bytes to the arena.</summary>
    public void Release()
    {
        var references = Interlocked.Decrement(ref _references);
        Debug.Assert(references >= 0);
        if (references == 0)
        {
            _arena.Free(Extent);

            // The pool never ends: what it keeps must not keep an arena alive.
            _arena = null!;
            Extent = default;
            Pool<SharedBuffer>.Return(this);
        }
    }

    /// <summary>Takes the bytes back to fill them anew, if nobody but the first owner holds the buffer.</summary>
    internal bool TryReclaim()
    {
        if (IsShared)
        {
            return false;
        }

        Extent.Block.ForgetSums(Extent.Offset, Extent.Length);
        return true;
    }

    private static SharedBuffer Over(Arena arena, Extent extent)
    {
        var buffer = Pool<SharedBuffer>.TryRent(out var pooled) ? pooled : new SharedBuffer();
        buffer._arena = arena;
        buffer.Extent = extent;
        Volatile.Write(ref buffer._references, 1);
        return buffer;
    }
}
