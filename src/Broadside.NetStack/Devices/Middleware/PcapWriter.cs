using System.Buffers.Binary;

namespace Broadside.NetStack.Devices;

/// <summary>
/// Writes all frames of a device to a file that tcpdump and Wireshark read: classic pcap with times in nanoseconds
/// (draft-ietf-opsawg-pcap). A file that cannot be written ends the capture, not the traffic.
/// </summary>
internal sealed class PcapWriter : PacketMiddleware
{
    private const uint NanosecondMagic = 0xA1B2_3C4D;
    private const uint LinkTypeEthernet = 1;
    private const uint LinkTypeRaw = 101;
    private const int FileHeaderLength = 24;
    private const int RecordHeaderLength = 16;
    private const int SnapshotLength = 256 * 1024;
    private const int NanosecondsPerTick = 100;

    private readonly Stream _stream;
    private readonly TimeProvider _timeProvider;
    private readonly DateTimeOffset _startTime;
    private readonly long _startTimestamp;
    private readonly byte[] _buffer = new byte[SnapshotLength + RecordHeaderLength];
    private int _buffered;

    /// <summary>Captures to a stream, which becomes this device's own, as does the device.</summary>
    public PcapWriter(PacketDevice inner, Stream stream, TimeProvider timeProvider)
        : base(inner)
    {
        _stream = stream;
        _timeProvider = timeProvider;
        _startTime = timeProvider.GetUtcNow();
        _startTimestamp = timeProvider.GetTimestamp();
        WriteFileHeader();
    }

    /// <summary>Why the capture ended early; null while it goes on.</summary>
    public Exception? Failure { get; private set; }

    public override int Receive(Span<ReceivedFrame> burst)
    {
        var count = Inner.Receive(burst);
        foreach (ref readonly var frame in burst[..count])
        {
            Write(new OutgoingFrame { Headers = frame.Bytes });
        }

        return count;
    }

    public override bool TryTransmit(in OutgoingFrame frame)
    {
        if (!Inner.TryTransmit(frame))
        {
            return false;
        }

        Write(frame);
        return true;
    }

    /// <summary>Hands on what is buffered.</summary>
    public void WriteOut()
    {
        if (Failure is not null)
        {
            return;
        }

        try
        {
            _stream.Write(_buffer, 0, _buffered);
            _stream.Flush();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            Failure = failure;
        }

        _buffered = 0;
    }

    protected override void Dispose(bool disposing)
    {
        WriteOut();
        try
        {
            _stream.Dispose();
        }
        catch (IOException failure)
        {
            Failure ??= failure;
        }

        base.Dispose(disposing);
    }

    private void WriteFileHeader()
    {
        var header = _buffer.AsSpan(0, FileHeaderLength);
        BinaryPrimitives.WriteUInt32LittleEndian(header, NanosecondMagic);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], 4);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], SnapshotLength);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], LinkLayer == LinkLayer.Ethernet ? LinkTypeEthernet : LinkTypeRaw);
        _buffered = FileHeaderLength;
    }

    private void Write(in OutgoingFrame frame)
    {
        if (Failure is not null || frame.Length > SnapshotLength)
        {
            return;
        }

        if (_buffer.Length - _buffered < RecordHeaderLength + frame.Length)
        {
            WriteOut();
        }

        var time = (_startTime + _timeProvider.GetElapsedTime(_startTimestamp)) - DateTimeOffset.UnixEpoch;
        var record = _buffer.AsSpan(_buffered, RecordHeaderLength + frame.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)(time.Ticks / TimeSpan.TicksPerSecond));
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], (uint)(time.Ticks % TimeSpan.TicksPerSecond) * NanosecondsPerTick);
        BinaryPrimitives.WriteInt32LittleEndian(record[8..], frame.Length);
        BinaryPrimitives.WriteInt32LittleEndian(record[12..], frame.Length);
        frame.CopyTo(record[RecordHeaderLength..]);
        _buffered += record.Length;
    }
}
