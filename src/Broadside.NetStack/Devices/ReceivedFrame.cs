using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Devices;

/// <summary>A frame that arrived, borrowed from its device until the next <see cref="PacketDevice.Receive"/>.</summary>
internal readonly unsafe struct ReceivedFrame
{
    private readonly byte* _pointer;
    private readonly int _length;

    /// <summary>Names a frame in memory that does not move.</summary>
    public ReceivedFrame(byte* pointer, int length, ChecksumValidation validation = ChecksumValidation.Software, int segmentSize = 0)
    {
        _pointer = pointer;
        _length = length;
        Validation = validation;
        SegmentSize = segmentSize;
    }

    /// <summary>Whether the transport's checksum is still to be checked.</summary>
    public ChecksumValidation Validation { get; }

    /// <summary>Where the device joined TCP segments into one, how much payload each had; else zero.</summary>
    public int SegmentSize { get; }

    public ReadOnlySpan<byte> Bytes => new(_pointer, _length);
}
