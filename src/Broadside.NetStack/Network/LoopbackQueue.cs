using System.Buffers.Binary;
using System.Diagnostics;

namespace Broadside.NetStack.Network;

/// <summary>
/// Packets of this host to itself, one behind another in one ring of bytes that is made when first used. A packet is never split: where
/// the end of the ring is too near, the rest is skipped.
/// </summary>
internal sealed class LoopbackQueue(int capacity)
{
    private const int PrefixLength = sizeof(int);
    private const int Skip = -1;

    private byte[] _ring = [];
    private int _head;
    private int _tail;
    private int _used;

    public int Count { get; private set; }

    /// <summary>Makes room for a packet, which the caller writes; false if there is none.</summary>
    public bool TryAdd(int length, out Span<byte> packet)
    {
        packet = default;
        _ring = _ring.Length == 0 ? new byte[capacity] : _ring;
        var needed = PrefixLength + length;
        var untilEnd = _ring.Length - _tail;
        var skipped = needed <= untilEnd ? 0 : untilEnd;
        if (_used + skipped + needed > _ring.Length)
        {
            return false;
        }

        if (skipped > 0)
        {
            WriteLength(Skip);
            _tail = 0;
        }

        WriteLength(length);
        packet = _ring.AsSpan(_tail + PrefixLength, length);
        _tail = (_tail + needed) % _ring.Length;
        _used += skipped + needed;
        Count++;
        return true;
    }

    /// <summary>The oldest packet, which stays in its place until <see cref="RemoveFirst"/>.</summary>
    public ReadOnlySpan<byte> First
    {
        get
        {
            Debug.Assert(Count > 0);
            SkipToStart();
            return _ring.AsSpan(_head + PrefixLength, ReadLength());
        }
    }

    public void RemoveFirst()
    {
        SkipToStart();
        var taken = PrefixLength + ReadLength();
        _head = (_head + taken) % _ring.Length;
        _used -= taken;
        Count--;
    }

    // Too little room for a length says skip by itself.
    private void SkipToStart()
    {
        if (_ring.Length - _head < PrefixLength || ReadLength() == Skip)
        {
            _used -= _ring.Length - _head;
            _head = 0;
        }
    }

    private void WriteLength(int length)
    {
        if (_ring.Length - _tail >= PrefixLength)
        {
            BinaryPrimitives.WriteInt32LittleEndian(_ring.AsSpan(_tail), length);
        }
    }

    private int ReadLength() => BinaryPrimitives.ReadInt32LittleEndian(_ring.AsSpan(_head));
}
