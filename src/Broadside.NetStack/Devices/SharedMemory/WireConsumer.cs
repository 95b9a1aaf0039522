using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Broadside.NetStack.Devices;

/// <summary>
/// The emptying end of a ring. Packets are copied out at once: the other end could change one in the ring after it has been checked, and
/// no parser is safe from that.
/// </summary>
internal sealed unsafe class WireConsumer
{
    private const int BurstLimit = 64;

    private readonly byte* _slots;
    private readonly WireGeometry _geometry;
    private readonly int _slotLength;
    private readonly ulong _mask;
    private readonly ulong* _taken;
    private readonly ulong* _written;
    private readonly byte[] _copies;
    private ulong _count;

    /// <summary>Begins with what is written from now on: what was for the one before is lost.</summary>
    public WireConsumer(byte* slots, WireGeometry geometry, WireSide own, WireSide other)
    {
        _slots = slots;
        _geometry = geometry;
        _slotLength = geometry.SlotLength;
        _mask = (ulong)geometry.SlotCount - 1;
        _taken = own.Taken;
        _written = other.Written;
        _copies = GC.AllocateUninitializedArray<byte>(BurstLimit * _slotLength, pinned: true);
        Skip();
    }

    /// <summary>Whether the other end has said what cannot be.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Packets of impossible length.</summary>
    public long Malformed { get; private set; }

    public bool HasPackets => Volatile.Read(ref *_written) != _count;

    /// <summary>Copies packets out and frees their slots, all at once.</summary>
    public int Read(Span<ReceivedFrame> burst)
    {
        // Acquire: the packets below the count are as they were written.
        var available = Volatile.Read(ref *_written) - _count;
        IsBroken |= available > (ulong)_geometry.SlotCount;
        if (IsBroken || available == 0)
        {
            return 0;
        }

        var end = _count + Math.Min(available, (ulong)Math.Min(burst.Length, BurstLimit));
        var received = 0;
        for (; _count != end; _count++)
        {
            received += TryCopy(received, out burst[received]) ? 1 : 0;
        }

        // Release: the slots have been read before anyone may write to them again.
        Volatile.Write(ref *_taken, _count);
        return received;
    }

    /// <summary>Says our count again, whatever has been made of it, and believes a new producer.</summary>
    public void Restate()
    {
        if (IsBroken)
        {
            Skip();
        }

        Volatile.Write(ref *_taken, _count);
    }

    // Loses what is in the ring.
    private void Skip()
    {
        _count = Volatile.Read(ref *_written);
        Volatile.Write(ref *_taken, _count);
        IsBroken = false;
    }

    private bool TryCopy(int index, out ReceivedFrame frame)
    {
        var slot = _slots + ((long)(_count & _mask) * _slotLength);
        var length = Unsafe.ReadUnaligned<int>(slot);
        if (length <= 0 || length > _geometry.MaximumTransmissionUnit)
        {
            Malformed++;
            frame = default;
            return false;
        }

        var copy = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_copies, index * _slotLength);
        new ReadOnlySpan<byte>(slot + sizeof(int), length).CopyTo(new Span<byte>(copy, length));
        frame = new(copy, length);
        return true;
    }
}
