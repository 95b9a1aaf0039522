using System.Diagnostics;
using System.Numerics;
using Broadside.NetStack.Devices.Interop;

namespace Broadside.NetStack.Devices;

/// <summary>
/// A ring of frames that the kernel fills and we give back, each with its status (Documentation/networking/packet_mmap.rst, TPACKET_V2;
/// the third version hands over blocks, and a block that is not full only when its timer runs out).
/// </summary>
internal sealed unsafe class PacketReceiveRing : IDisposable
{
    /// <summary>Bytes that are left free in front, so that IP headers begin at a multiple of 16 in spite of the virtio header.</summary>
    public const int Reserve = 16 - VirtioNetHeader.Length;

    private const int RingLength = 8 << 20;
    private const int BlockLength = 1 << 17;
    private const int SmallestFrame = 2048;

    // The kernel's header and address, ours, that of Ethernet with a VLAN tag, and what aligns them.
    private const int Overhead = 128;

    private readonly MappedMemory _memory;
    private readonly int _frameLength;
    private readonly int _mask;
    private int _next;
    private int _taken;

    public PacketReceiveRing(MappedMemory memory, PacketRingRequest request)
    {
        _memory = memory;
        _frameLength = (int)request.FrameLength;
        _mask = (int)request.FrameCount - 1;
        Debug.Assert(int.IsPow2((int)request.FrameCount));
    }

    /// <summary>A ring of fixed size, in frames that hold a packet of this length.</summary>
    public static PacketRingRequest Plan(int maximumTransmissionUnit)
    {
        var longest = (uint)Math.Min(maximumTransmissionUnit, ushort.MaxValue) + Overhead;
        var frame = Math.Max(SmallestFrame, BitOperations.RoundUpToPowerOf2(longest));
        var block = Math.Max(BlockLength, frame);
        return new() { BlockLength = block, BlockCount = RingLength / block, FrameLength = frame, FrameCount = RingLength / frame };
    }

    /// <summary>Takes the next frame; null if there is none.</summary>
    public PacketRingHeader* TryTake()
    {
        var header = At(_next);
        if (_taken > _mask || (header->Status & PacketStatus.User) == 0)
        {
            return null;
        }

        _next = (_next + 1) & _mask;
        _taken++;
        return header;
    }

    /// <summary>Gives the frames taken back to the kernel.</summary>
    public void ReturnTaken()
    {
        for (; _taken > 0; _taken--)
        {
            At((_next - _taken) & _mask)->Status = PacketStatus.Kernel;
        }
    }

    public void Dispose() => _memory.Dispose();

    private PacketRingHeader* At(int index) => (PacketRingHeader*)(_memory.Pointer + ((long)index * _frameLength));
}

/// <summary><c>struct tpacket_req</c>.</summary>
internal struct PacketRingRequest
{
    public uint BlockLength;
    public uint BlockCount;
    public uint FrameLength;
    public uint FrameCount;

    public readonly nuint Length => (nuint)BlockLength * BlockCount;
}

/// <summary><c>struct tpacket2_hdr</c>.</summary>
internal struct PacketRingHeader
{
    private uint _status;

    /// <summary>The frame's length.</summary>
    public uint Length;

    /// <summary>How much of it is in the ring.</summary>
    public uint CapturedLength;

    /// <summary>Where it begins, counted from this header.</summary>
    public ushort FrameOffset;
    public ushort PacketOffset;
    public uint Seconds;
    public uint Nanoseconds;
    public uint Vlan;
    public uint Padding;

    /// <summary>Whose it is: the rest is read after it, and given up by it.</summary>
    public PacketStatus Status
    {
        readonly get => (PacketStatus)Volatile.Read(in _status);
        set => Volatile.Write(ref _status, (uint)value);
    }
}

/// <summary>What a frame of the ring is (<c>TP_STATUS_*</c>).</summary>
[Flags]
internal enum PacketStatus : uint
{
    Kernel = 0,
    User = 1 << 0,

    /// <summary>It was too long for the ring and is in the socket's queue, whole.</summary>
    Copy = 1 << 1,

    /// <summary>It had a VLAN tag, which is not in the frame.</summary>
    Vlan = 1 << 4,
}
