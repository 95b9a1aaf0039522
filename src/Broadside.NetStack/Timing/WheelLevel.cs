using System.Numerics;

namespace Broadside.NetStack.Timing;

/// <summary>
/// One turn of the wheel: where its slots are, how much time each is (2^shift ticks of 100 ns), and which hold timers. A slot stands for
/// all times whose number is the same modulo the turn; those in use are less than a turn apart.
/// </summary>
internal readonly struct WheelLevel
{
    private const int WordBits = 64;

    private readonly int _firstSlot;
    private readonly int _slotShift;
    private readonly ulong[] _occupied;

    public WheelLevel(int firstSlot, int slots, int slotShift)
    {
        _firstSlot = firstSlot;
        _slotShift = slotShift;
        _occupied = new ulong[slots / WordBits];
    }

    public int SlotCount => _occupied.Length * WordBits;

    /// <summary>The number of the slot for a time, counted from time zero.</summary>
    public long NumberOf(TimeSpan time) => time.Ticks >> _slotShift;

    public TimeSpan StartOf(long number) => new(number << _slotShift);

    /// <summary>The slot's place in the wheel.</summary>
    public int SlotOf(long number) => _firstSlot + (int)(number & (SlotCount - 1));

    public bool Holds(int slot) => (uint)(slot - _firstSlot) < (uint)SlotCount;

    public void Mark(int slot) => _occupied[(slot - _firstSlot) / WordBits] |= 1UL << ((slot - _firstSlot) % WordBits);

    public void Unmark(int slot) => _occupied[(slot - _firstSlot) / WordBits] &= ~(1UL << ((slot - _firstSlot) % WordBits));

    /// <summary>The first number from <paramref name="from"/> on whose slot holds timers; -1 if there is none for a turn.</summary>
    public long NextOccupied(long from)
    {
        var start = (int)(from & (SlotCount - 1));
        var word = start / WordBits;
        var bits = _occupied[word] & (ulong.MaxValue << (start % WordBits));

        // The last round looks at the word that it began with once more, for the slots before the start.
        for (var round = 0; round <= _occupied.Length; round++)
        {
            if (bits != 0)
            {
                var slot = (word * WordBits) + BitOperations.TrailingZeroCount(bits);
                return from + ((slot - start) & (SlotCount - 1));
            }

            word = (word + 1) & (_occupied.Length - 1);
            bits = _occupied[word];
        }

        return -1;
    }
}
