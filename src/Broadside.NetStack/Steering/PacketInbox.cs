using System.Numerics;
using System.Runtime.InteropServices;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Steering;

/// <summary>
/// Packets that other channels received for this one: a bounded ring of slots of fixed size, lock-free, with many writers and one reader.
/// A packet that finds no room is dropped and counted, as by a network card.
/// </summary>
/// <remarks>
/// Each slot's turn says whose it is (Vyukov's bounded queue): the writer's of place n when it is n, the reader's when it is n + 1. A
/// writer claims the place, fills the slot and then passes the turn on with release semantics, so that who sees the turn sees the bytes.
/// </remarks>
internal sealed class PacketInbox
{
    private readonly int _mask;
    private readonly Slot[] _slots;
    private readonly byte[] _bytes;
    private readonly Action _wake;
    private PaddedPosition _tail;
    private PaddedPosition _head;
    private bool _holdsSlot;
    private int _isWaiting;
    private long _dropped;

    /// <summary>Takes all its memory.</summary>
    /// <param name="slots">How many packets at most, rounded up to a power of two.</param>
    /// <param name="slotSize">The longest packet.</param>
    /// <param name="wake">Ends the reader's sleep, from any thread; before the sleep has begun as well.</param>
    public PacketInbox(int slots, int slotSize, Action wake)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(slotSize, 1);
        SlotSize = slotSize;
        _slots = new Slot[BitOperations.RoundUpToPowerOf2((uint)slots)];
        _mask = _slots.Length - 1;
        _bytes = GC.AllocateUninitializedArray<byte>(checked(_slots.Length * slotSize));
        _wake = wake;
        for (var place = 0; place < _slots.Length; place++)
        {
            _slots[place].Turn = place;
        }
    }

    /// <summary>The longest packet there is room for.</summary>
    public int SlotSize { get; }

    /// <summary>How many packets found no room, or were too long for a slot.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Whether the reader finds nothing now.</summary>
    public bool IsEmpty => Volatile.Read(ref _slots[NextToRead & _mask].Turn) != NextToRead + 1;

    private long NextToRead => _head.Value + (_holdsSlot ? 1 : 0);

    /// <summary>Copies a packet in; false if it was dropped. From any thread; <see cref="Notify"/> follows, once for a burst.</summary>
    public bool TryPost(in SteeredPacket packet)
    {
        if (packet.Bytes.Length > SlotSize || !TryClaim(out var position))
        {
            Interlocked.Increment(ref _dropped);
            return false;
        }

        var place = (int)position & _mask;
        ref var slot = ref _slots[place];
        packet.Bytes.CopyTo(SlotBytes(place));
        slot.Length = packet.Bytes.Length;
        slot.SegmentSize = packet.SegmentSize;
        slot.Validation = packet.Validation;
        slot.IsLinkGroup = packet.IsLinkGroup;
        Volatile.Write(ref slot.Turn, position + 1);
        return true;
    }

    /// <summary>Wakes the reader if it sleeps.</summary>
    public void Notify()
    {
        // Either the reader sees the packet as it looks once more before it sleeps, or we see that it is about to.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _isWaiting) != 0)
        {
            _wake();
        }
    }

    /// <summary>The reader is about to sleep; false if it must not, as there are packets. <see cref="EndWait"/> follows a sleep.</summary>
    public bool TryBeginWait()
    {
        Interlocked.Exchange(ref _isWaiting, 1);
        if (IsEmpty)
        {
            return true;
        }

        EndWait();
        return false;
    }

    public void EndWait() => Volatile.Write(ref _isWaiting, 0);

    /// <summary>The next packet, lent until the next call. By the reader only.</summary>
    public bool TryTake(out SteeredPacket packet)
    {
        ReturnSlot();
        packet = default;
        if (IsEmpty)
        {
            return false;
        }

        var place = (int)_head.Value & _mask;
        ref var slot = ref _slots[place];
        _holdsSlot = true;
        packet = new()
        {
            Bytes = SlotBytes(place)[..slot.Length],
            SegmentSize = slot.SegmentSize,
            Validation = slot.Validation,
            IsLinkGroup = slot.IsLinkGroup,
        };
        return true;
    }

    private void ReturnSlot()
    {
        if (_holdsSlot)
        {
            _holdsSlot = false;
            Volatile.Write(ref _slots[_head.Value & _mask].Turn, _head.Value + _slots.Length);
            _head.Value++;
        }
    }

    private bool TryClaim(out long position)
    {
        while (true)
        {
            position = Volatile.Read(ref _tail.Value);
            var turn = Volatile.Read(ref _slots[position & _mask].Turn);
            if (turn < position)
            {
                return false;
            }

            // Else another writer was faster.
            if (turn == position && Interlocked.CompareExchange(ref _tail.Value, position + 1, position) == position)
            {
                return true;
            }
        }
    }

    private Span<byte> SlotBytes(int place) => _bytes.AsSpan(place * SlotSize, SlotSize);

    private struct Slot
    {
        public long Turn;
        public int Length;
        public int SegmentSize;
        public ChecksumValidation Validation;
        public bool IsLinkGroup;
    }

    /// <summary>A cache line of its own, so that writers and reader do not take it from each other.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct PaddedPosition
    {
        [FieldOffset(64)]
        public long Value;
    }
}
