using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Broadside.NetStack.Devices;

/// <summary>
/// The filling end of a ring with one producer and one consumer. Counts only grow: the slot is a count modulo the ring's size, and how
/// many packets are in the ring is a difference. Our own count is read from the memory never again, and what the other end says is
/// checked, so that no value of it leads outside the ring.
/// </summary>
internal sealed unsafe class WireProducer
{
    private readonly byte* _slots;
    private readonly WireGeometry _geometry;
    private readonly int _slotLength;
    private readonly ulong _mask;
    private readonly ulong* _written;
    private readonly ulong* _taken;
    private ulong _count;
    private ulong _published;
    private ulong _seenTaken;

    /// <summary>Goes on where the one before stopped; where that makes no sense, with an empty ring.</summary>
    public WireProducer(byte* slots, WireGeometry geometry, WireSide own, WireSide other)
    {
        _slots = slots;
        _geometry = geometry;
        _slotLength = geometry.SlotLength;
        _mask = (ulong)geometry.SlotCount - 1;
        _written = own.Written;
        _taken = other.Taken;
        _seenTaken = Volatile.Read(ref *_taken);
        _count = Volatile.Read(ref *_written);
        if (_count - _seenTaken > (ulong)geometry.SlotCount)
        {
            _count = _seenTaken;
        }

        _published = _count;
        Restate();
    }

    /// <summary>Whether the other end has said what cannot be.</summary>
    public bool IsBroken { get; private set; }

    public bool HasRoom => _count - _seenTaken < (ulong)_geometry.SlotCount || RefreshTaken();

    public bool TryWrite(in OutgoingFrame frame)
    {
        Debug.Assert(frame.Length <= _geometry.MaximumTransmissionUnit);
        if (!HasRoom)
        {
            return false;
        }

        var slot = _slots + ((long)(_count & _mask) * _slotLength);
        Unsafe.WriteUnaligned(slot, frame.Length);
        frame.CopyTo(new Span<byte>(slot + sizeof(int), _slotLength - sizeof(int)));
        _count++;
        return true;
    }

    /// <summary>Shows the consumer what has been written.</summary>
    /// <returns>Whether there was anything.</returns>
    public bool Publish()
    {
        if (_published == _count)
        {
            return false;
        }

        // Release: whoever sees the count sees the packets below it.
        Volatile.Write(ref *_written, _count);
        _published = _count;
        return true;
    }

    /// <summary>Forgets what is not published, says our count again, whatever has been made of it, and believes a new consumer.</summary>
    public void Restate()
    {
        _count = _published;
        Volatile.Write(ref *_written, _count);
        IsBroken = false;
    }

    private bool RefreshTaken()
    {
        // Acquire: the consumer has read the packets below its count, and their slots may be overwritten.
        var taken = Volatile.Read(ref *_taken);
        var held = _count - taken;
        IsBroken |= held > (ulong)_geometry.SlotCount;
        if (IsBroken || held == (ulong)_geometry.SlotCount)
        {
            return false;
        }

        _seenTaken = taken;
        return true;
    }
}
