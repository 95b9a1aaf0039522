using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Broadside;

/// <summary>
/// 2 MiB of pinned, page-aligned memory from which an <see cref="Arena"/> hands out extents. Its address never changes, so a
/// backend may register it once with the kernel.
/// </summary>
/// <remarks>The bookkeeping is guarded by the owning arena's lock; the bytes belong to whoever holds the extent.</remarks>
public sealed unsafe class Block
{
    /// <summary>The size of a block in bytes: 2 MiB, one huge page on x86-64 and arm64.</summary>
    public const int Size = 2 * 1024 * 1024;

    internal const int PageShift = 12;
    internal const int PageSize = 1 << PageShift;
    internal const int PageCount = Size / PageSize;

    private readonly byte[] _array;
    private readonly int _start;
    private readonly ushort[] _runLengths = new ushort[PageCount];
    private readonly Slab?[] _slabs = new Slab?[PageCount];
    private PageMap _free = PageMap.AllFree();
    private BlockSums? _sums;

    internal Block(Arena arena, int index)
    {
        Arena = arena;
        Index = index;
        _array = GC.AllocateUninitializedArray<byte>(Size + PageSize, pinned: true);
        var address = (nuint)(nint)Marshal.UnsafeAddrOfPinnedArrayElement(_array, 0);
        _start = (int)((PageSize - (address & (PageSize - 1))) & (PageSize - 1));
        Pointer = (byte*)address + _start;
    }

    /// <summary>The arena that owns the block.</summary>
    public Arena Arena { get; }

    /// <summary>The block's place in its arena's table, reused when the arena releases the block.</summary>
    public int Index { get; }

    /// <summary>The address of the block's first byte, page-aligned and fixed for the block's life.</summary>
    public byte* Pointer { get; }

    /// <summary>Where the block's memory comes from; null where it is the block's own.</summary>
    internal IBlockStore? Store { get; set; }

    internal bool IsStored => Store is not null;

    /// <summary>What is known of the sums of the block's bytes; made when first asked for.</summary>
    internal BlockSums Sums => _sums ?? Interlocked.CompareExchange(ref _sums, new BlockSums(), null) ?? _sums;

    internal int FreePages { get; private set; } = PageCount;

    internal bool IsEmpty => FreePages == PageCount;

    /// <summary>The bytes from <paramref name="offset"/> on, for APIs that take managed memory.</summary>
    internal Memory<byte> Memory(int offset, int length) => new(_array, _start + offset, length);

    internal ArraySegment<byte> Segment(int offset, int length) => new(_array, _start + offset, length);

    internal Span<byte> Span(int offset, int length)
    {
        Debug.Assert((uint)offset + (uint)length <= Size);
        return new Span<byte>(Pointer + offset, length);
    }

    internal int TakeRun(int pages)
    {
        if (pages > FreePages)
        {
            return -1;
        }

        var start = _free.FindRun(pages);
        if (start >= 0)
        {
            _free.Take(start, pages);
            _runLengths[start] = (ushort)pages;
            FreePages -= pages;
        }

        return start;
    }

    internal int ReturnRun(int start)
    {
        int pages = _runLengths[start];
        if (pages == 0)
        {
            throw NothingAllocated(this, start << PageShift);
        }

        _runLengths[start] = 0;
        _free.Return(start, pages);
        FreePages += pages;
        return pages;
    }

    internal static InvalidOperationException NothingAllocated(Block block, int offset) =>
        new($"Nothing is allocated at offset {offset} of block {block.Index}: an extent was freed twice, or a slice of one was freed.");

    /// <summary>The length in pages of what is allocated at a page; 0 when nothing is. For whoever holds the allocation.</summary>
    internal int RunLength(int page) => _runLengths[page];

    /// <summary>Bytes are about to change: no sum of them is known any more.</summary>
    internal void ForgetSums(int offset, int length) => _sums?.Forget(offset, length);

    internal Slab? SlabAt(int page) => _slabs[page];

    internal void SetSlab(int start, int pages, Slab? slab) => _slabs.AsSpan(start, pages).Fill(slab);
}
