using System.Numerics;

namespace Broadside.Memory;

/// <summary>A 16 KiB run of pages cut into equal slots. Guarded by the arena's lock.</summary>
internal sealed class Slab
{
    private readonly ulong[] _free;
    private readonly int _slots;

    public Slab(Block block, int startPage, int sizeClass)
    {
        Block = block;
        StartPage = startPage;
        Class = sizeClass;
        SlotSize = SizeClass.SlotSize(sizeClass);
        _slots = SizeClass.SlabSize / SlotSize;
        _free = new ulong[(_slots + 63) / 64];
        for (var slot = 0; slot < _slots; slot++)
        {
            _free[slot / 64] |= 1UL << (slot % 64);
        }

        FreeSlots = _slots;
    }

    public Block Block { get; }

    public int StartPage { get; }

    public int Class { get; }

    public int SlotSize { get; }

    public int FreeSlots { get; private set; }

    public bool IsEmpty => FreeSlots == _slots;

    /// <summary>The list of slabs of this class that have a free slot.</summary>
    public LinkedListNode<Slab>? Node { get; set; }

    public int Take()
    {
        for (var word = 0; word < _free.Length; word++)
        {
            if (_free[word] != 0)
            {
                var bit = BitOperations.TrailingZeroCount(_free[word]);
                _free[word] &= ~(1UL << bit);
                FreeSlots--;
                return (StartPage << Block.PageShift) + (((word * 64) + bit) * SlotSize);
            }
        }

        throw new InvalidOperationException("A slab without free slots was asked for one.");
    }

    public void Return(int offset)
    {
        var (slot, remainder) = Math.DivRem(offset - (StartPage << Block.PageShift), SlotSize);
        if (remainder != 0 || (uint)slot >= (uint)_slots || (_free[slot / 64] & (1UL << (slot % 64))) != 0)
        {
            throw Block.NothingAllocated(Block, offset);
        }

        _free[slot / 64] |= 1UL << (slot % 64);
        FreeSlots++;
    }
}
