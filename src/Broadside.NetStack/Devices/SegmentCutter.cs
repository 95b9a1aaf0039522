using System.Diagnostics;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Devices;

/// <summary>
/// Cuts a frame that is longer than a packet may be into TCP segments, as a network card with segmentation offload does: each gets its
/// own lengths, identification, sequence number, flags and checksums.
/// </summary>
internal ref struct SegmentCutter
{
    private const TcpFlags OfLast = TcpFlags.Fin | TcpFlags.Psh;

    private readonly OutgoingFrame _frame;
    private readonly int _networkOffset;
    private int _position;
    private int _extent;
    private int _offset;
    private int _segments;

    public SegmentCutter(in OutgoingFrame frame, LinkLayer linkLayer)
    {
        _frame = frame;
        _networkOffset = linkLayer.HeaderLength;
        Debug.Assert(frame.SegmentSize > 0 && CanCut(frame, linkLayer));
    }

    /// <summary>Whether the frame is what it says it is; else it is to be dropped.</summary>
    public static bool CanCut(in OutgoingFrame frame, LinkLayer linkLayer)
    {
        var networkLength = frame.TransportOffset - linkLayer.HeaderLength;
        if (networkLength < IPv4Packet.MinimumHeaderLength
            || frame.TransportOffset > frame.Headers.Length - TcpSegment.MinimumHeaderLength)
        {
            return false;
        }

        var firstByte = frame.Headers[linkLayer.HeaderLength];
        return firstByte >> 4 == 4 ? networkLength == (firstByte & 0xF) * 4 : networkLength >= IPv6Packet.HeaderLength;
    }

    /// <summary>Writes the next segment, link header and all.</summary>
    /// <returns>False after the last.</returns>
    public bool TryNext(Span<byte> destination, out int length)
    {
        length = 0;
        if (_position == _frame.PayloadLength && _segments > 0)
        {
            return false;
        }

        var headers = destination[.._frame.Headers.Length];
        var payload = destination.Slice(headers.Length, Math.Min(_frame.SegmentSize, _frame.PayloadLength - _position));
        length = headers.Length + payload.Length;
        _frame.Headers.CopyTo(headers);
        CopyPayload(payload);
        WriteNetworkHeader(headers[_networkOffset..], length - _networkOffset);
        WriteTransportHeader(headers[_frame.TransportOffset..], isLast: _position + payload.Length == _frame.PayloadLength);
        var packet = destination[_networkOffset..length];
        WriteTransportChecksum(packet, packet[(_frame.TransportOffset - _networkOffset)..]);
        _position += payload.Length;
        _segments++;
        return true;
    }

    private void CopyPayload(Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            var rest = _frame.Payload[_extent].Span[_offset..];
            var length = Math.Min(rest.Length, destination.Length);
            rest[..length].CopyTo(destination);
            destination = destination[length..];
            _offset += length;
            if (_offset == _frame.Payload[_extent].Length)
            {
                _extent++;
                _offset = 0;
            }
        }
    }

    private readonly void WriteNetworkHeader(Span<byte> header, int packetLength)
    {
        if (header[0] >> 4 != 4)
        {
            header.WriteUInt16(4, (ushort)(packetLength - IPv6Packet.HeaderLength));
            return;
        }

        // RFC 6864 asks for distinct identifications only where a packet may be fragmented; cards count up always.
        header.WriteUInt16(2, (ushort)packetLength);
        header.WriteUInt16(4, (ushort)(((ReadOnlySpan<byte>)header).ReadUInt16(4) + _segments));
        header.WriteUInt16(10, 0);
        header.WriteUInt16(10, OnesComplementSum.Of(header[..((header[0] & 0xF) * 4)]).Checksum);
    }

    private readonly void WriteTransportHeader(Span<byte> header, bool isLast)
    {
        header.WriteUInt32(4, ((ReadOnlySpan<byte>)header).ReadUInt32(4) + (uint)_position);
        var flags = (TcpFlags)header[13];
        flags &= isLast ? flags : ~OfLast;

        // RFC 3168 section 6.1.2: CWR is said once, by the first segment with new data.
        flags &= _segments == 0 ? flags : ~TcpFlags.Cwr;
        header[13] = (byte)flags;
    }

    private static void WriteTransportChecksum(ReadOnlySpan<byte> packet, Span<byte> transport)
    {
        var pseudoHeader = packet[0] >> 4 == 4
            ? PseudoHeader.Between(IPv4Address.Read(packet[12..]), IPv4Address.Read(packet[16..]), InternetProtocol.Tcp)
            : PseudoHeader.Between(IPv6Address.Read(packet[8..]), IPv6Address.Read(packet[24..]), InternetProtocol.Tcp);
        transport.WriteUInt16(16, 0);
        transport.WriteUInt16(16, pseudoHeader.Checksum(transport, default));
    }
}
