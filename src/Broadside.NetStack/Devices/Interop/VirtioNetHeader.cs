using System.Runtime.InteropServices;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Devices.Interop;

/// <summary>
/// <c>struct virtio_net_hdr</c>, which goes before a frame and says what is left to do of it: the checksum, cutting into segments
/// (Virtual I/O Device specification 1.2, section 5.1.6).
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct VirtioNetHeader
{
    public const int Length = 10;

    private const byte NeedsChecksum = 1;
    private const byte DataValid = 2;
    private const byte SegmentTcpIPv4 = 1;
    private const byte SegmentTcpIPv6 = 4;
    private const byte CongestionWindowReduced = 0x80;
    private const int TcpChecksumOffset = 16;
    private const int TcpFlagsOffset = 13;

    private byte _flags;
    private byte _segmentation;
    private ushort _headerLength;
    private ushort _segmentSize;
    private ushort _checksumStart;
    private ushort _checksumOffset;

    /// <summary>A checksum still to be computed says that the packet has not been on any wire since.</summary>
    public readonly ChecksumValidation Validation =>
        (_flags & (NeedsChecksum | DataValid)) != 0 ? ChecksumValidation.Offloaded : ChecksumValidation.Software;

    /// <summary>Whether the frame is one packet, or TCP segments joined: a stack cannot tell where joined datagrams begin.</summary>
    public readonly bool IsUnderstood => _segmentation == 0 || SegmentSize > 0;

    public readonly int SegmentSize =>
        (_segmentation & ~CongestionWindowReduced) is SegmentTcpIPv4 or SegmentTcpIPv6 ? _segmentSize : 0;

    /// <summary>What is left to do of a frame to be sent.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="networkOffset">Where its IP header begins.</param>
    public static VirtioNetHeader Of(in OutgoingFrame frame, int networkOffset)
    {
        if (frame.SegmentSize == 0)
        {
            return default;
        }

        // The TCP flag CWR belongs to the first segment only (RFC 3168 section 6.1.2), and it is the bit that says so here.
        var isIPv4 = frame.Headers[networkOffset] >> 4 == 4;
        var congestion = frame.Headers[frame.TransportOffset + TcpFlagsOffset] & CongestionWindowReduced;
        return new()
        {
            _flags = NeedsChecksum,
            _segmentation = (byte)((isIPv4 ? SegmentTcpIPv4 : SegmentTcpIPv6) | congestion),
            _headerLength = (ushort)frame.Headers.Length,
            _segmentSize = (ushort)frame.SegmentSize,
            _checksumStart = (ushort)frame.TransportOffset,
            _checksumOffset = TcpChecksumOffset,
        };
    }
}
