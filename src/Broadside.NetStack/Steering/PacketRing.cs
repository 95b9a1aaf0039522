using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Broadside.NetStack.Devices;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Steering;

/// <summary>
/// Packets on their way from one thread to another, behind one another in a ring of bytes that does not move: lock-free, with one writer
/// and one reader. A packet is never split: where the end of the ring is too near, the rest is skipped.
/// </summary>
internal sealed unsafe class PacketRing
{
    // What precedes a packet, and what packets begin at multiples of.
    private const int PrefixLength = 16;
    private const int Skip = -1;

    private readonly byte[] _bytes;
    private readonly byte* _start;
    private Position _writer;
    private Position _reader;
    private long _headSeen;
    private long _reserved;
    private int _reservedLength;
    private long _next;

    /// <summary>Takes all its memory.</summary>
    /// <param name="capacity">How many bytes it holds, rounded up to a power of two.</param>
    public PacketRing(int capacity)
    {
        Debug.Assert(sizeof(Prefix) <= PrefixLength);
        _bytes = GC.AllocateUninitializedArray<byte>((int)BitOperations.RoundUpToPowerOf2((uint)capacity), pinned: true);
        _start = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, 0);
    }

    /// <summary>Whether the reader finds nothing now.</summary>
    public bool IsEmpty => Volatile.Read(ref _writer.Value) == _next;

    /// <summary>Whether the writer would find room for a packet.</summary>
    public bool HasRoom(int length) => TryPlace(length, out _);

    /// <summary>Gives the writer the place of a packet; false if there is no room. <see cref="Commit"/> follows once it is written.</summary>
    public bool TryReserve(int length, out Span<byte> packet)
    {
        packet = default;
        if (!TryPlace(length, out var skipped))
        {
            return false;
        }

        _reserved = _writer.Value;
        if (skipped > 0)
        {
            At(_reserved).Length = Skip;
            _reserved += skipped;
        }

        _reservedLength = length;
        packet = new(Bytes(_reserved), length);
        return true;
    }

    /// <summary>Lets the reader have the packet that was written.</summary>
    /// <param name="validation">Whether the transport's checksum is still to be checked.</param>
    /// <param name="segmentSize">Of TCP segments joined in one packet, how much payload each has; else zero.</param>
    /// <param name="headersLength">How long the packet's headers are, where the reader is to know.</param>
    public void Commit(ChecksumValidation validation, int segmentSize = 0, int headersLength = 0)
    {
        At(_reserved) = new() { Length = _reservedLength, SegmentSize = segmentSize, HeadersLength = headersLength, Validation = validation };
        Volatile.Write(ref _writer.Value, _reserved + Needed(_reservedLength));
    }

    /// <summary>The next packet, which stays the next until <see cref="Take"/>.</summary>
    public bool TryPeek(out RingPacket packet)
    {
        packet = default;
        if (IsEmpty)
        {
            return false;
        }

        if (At(_next).Length == Skip)
        {
            _next += UntilEnd(_next);
        }

        ref var prefix = ref At(_next);
        packet = new(Bytes(_next), prefix.Length, prefix.HeadersLength, prefix.SegmentSize, prefix.Validation);
        return true;
    }

    /// <summary>Goes on to the packet behind. The bytes of those taken stay until <see cref="Release"/>.</summary>
    public void Take() => _next += Needed(At(_next).Length);

    /// <summary>Gives the room of all packets taken back to the writer.</summary>
    public void Release()
    {
        if (_reader.Value != _next)
        {
            Volatile.Write(ref _reader.Value, _next);
        }
    }

    private static int Needed(int length) => (PrefixLength + length + PrefixLength - 1) & -PrefixLength;

    private bool TryPlace(int length, out int skipped)
    {
        var tail = _writer.Value;
        var (needed, untilEnd) = (Needed(length), UntilEnd(tail));
        skipped = needed <= untilEnd ? 0 : untilEnd;
        var end = tail + skipped + needed;
        if (end - _headSeen > _bytes.Length)
        {
            _headSeen = Volatile.Read(ref _reader.Value);
        }

        return end - _headSeen <= _bytes.Length;
    }

    private int UntilEnd(long position) => _bytes.Length - Index(position);

    private int Index(long position) => (int)position & (_bytes.Length - 1);

    private byte* Bytes(long position) => _start + Index(position) + PrefixLength;

    private ref Prefix At(long position) => ref Unsafe.AsRef<Prefix>(_start + Index(position));

    private struct Prefix
    {
        public int Length;
        public int SegmentSize;
        public int HeadersLength;
        public ChecksumValidation Validation;
    }

    /// <summary>A cache line of its own, so that writer and reader do not take it from each other.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Position
    {
        [FieldOffset(64)]
        public long Value;
    }
}

/// <summary>A packet in a <see cref="PacketRing"/>, lent to its reader.</summary>
internal readonly unsafe ref struct RingPacket(
    byte* pointer, int length, int headersLength, int segmentSize, ChecksumValidation validation)
{
    private readonly byte* _pointer = pointer;

    public Span<byte> Bytes => new(_pointer, length);

    public int HeadersLength => headersLength;

    public int SegmentSize => segmentSize;

    public ReceivedFrame Received => new(_pointer, length, validation, segmentSize);
}
