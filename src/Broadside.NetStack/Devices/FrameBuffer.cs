using System.Runtime.InteropServices;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Devices;

/// <summary>
/// A frame held by a device: its bytes, which do not move, and when it is due. Made and reused by a <see cref="FramePool"/>.
/// </summary>
internal sealed unsafe class FrameBuffer
{
    private readonly byte[] _bytes;

    public FrameBuffer(int capacity) => _bytes = GC.AllocateUninitializedArray<byte>(capacity, pinned: true);

    public int Capacity => _bytes.Length;

    public int Length { get; private set; }

    public Span<byte> Bytes => _bytes.AsSpan(0, Length);

    public ChecksumValidation Validation { get; private set; }

    public int SegmentSize { get; private set; }

    /// <summary>When the frame's last bit has left its sender.</summary>
    public long Departure { get; set; }

    /// <summary>When the frame may be taken.</summary>
    public long Due { get; set; }

    /// <summary>The frame behind this one, in whichever queue it is.</summary>
    public FrameBuffer? Next { get; set; }

    public ReceivedFrame Received => new(Pointer, Length, Validation, SegmentSize);

    private byte* Pointer => (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, 0);

    public void Set(ReadOnlySpan<byte> bytes, ChecksumValidation validation, int segmentSize)
    {
        bytes.CopyTo(_bytes);
        Length = bytes.Length;
        Validation = validation;
        SegmentSize = segmentSize;
    }

    /// <summary>The bytes can no longer be relied on.</summary>
    public void RequireValidation() => Validation = ChecksumValidation.Software;
}
